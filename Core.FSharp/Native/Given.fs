/// What C# passes may be null where F# has no such value.
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Given

open System

/// The value; an ArgumentNullException with the parameter's name where it is null.
let required (name: string) (value: 'a) : 'a =
    if obj.ReferenceEquals(value, null) then
        raise (ArgumentNullException name)

    value
