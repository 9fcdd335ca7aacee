/// What C# passes may be null where F# has no such value.
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Given

open System

/// The value; an ArgumentNullException with the parameter's name where it is null.
let required (name: string) (value: 'a) : 'a =
    if obj.ReferenceEquals(value, null) then
        raise (ArgumentNullException name)

    value

/// An input or a batch of any type: null where that is a value of the type, as of unit and of options.
let input (name: string) (value: 'a) : objnull =
    match box value with
    | null when typeof<'a> = typeof<string> || typeof<'a>.IsArray || typeof<'a>.Namespace = "Functional" ->
        raise (ArgumentNullException name)
    | value -> value
