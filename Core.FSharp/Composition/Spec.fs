namespace Functional

open System
open System.Collections.Generic
open System.Globalization
open System.Text

/// A setting of a layer.
[<RequireQualifiedAccess; NoComparison>]
type Setting =
    /// A whole number: units, groups, an axis.
    | Whole of value: int64
    /// Whole numbers by axis: a kernel, a stride, a shape.
    | Wholes of values: int64[]
    /// A number on a continuous scale: a rate, a slope, ε.
    | Number of value: float
    /// Whether something is so: with a bias, flipped.
    | Flag of value: bool
    /// A word: a kind of padding.
    | Text of value: string

    /// The result of the function for this kind of setting.
    member setting.Match
        (
            whole: Func<int64, 'r>,
            wholes: Func<int64[], 'r>,
            number: Func<float, 'r>,
            flag: Func<bool, 'r>,
            text: Func<string, 'r>
        ) : 'r =
        match setting with
        | Whole value -> (FSharp.Given.required (nameof whole) whole).Invoke value
        | Wholes values -> (FSharp.Given.required (nameof wholes) wholes).Invoke values
        | Number value -> (FSharp.Given.required (nameof number) number).Invoke value
        | Flag value -> (FSharp.Given.required (nameof flag) flag).Invoke value
        | Text value -> (FSharp.Given.required (nameof text) text).Invoke value

    /// A whole number as a setting.
    static member op_Implicit(value: int) : Setting = Whole value
    /// Whole numbers by axis as a setting.
    static member op_Implicit(values: int[]) : Setting = Wholes(Array.map int64 values)
    /// A number on a continuous scale as a setting.
    static member op_Implicit(value: float) : Setting = Number value
    /// Whether something is so, as a setting.
    static member op_Implicit(value: bool) : Setting = Flag value
    /// A word as a setting.
    static member op_Implicit(value: string) : Setting = Text value

    /// The setting as text, the same in every culture: 3, [3, 3], 0.1, true, same.
    override setting.ToString() =
        match setting with
        | Whole value -> value.ToString CultureInfo.InvariantCulture
        | Wholes values -> "[" + String.Join(", ", values) + "]"
        | Number value -> value.ToString CultureInfo.InvariantCulture
        | Flag true -> "true"
        | Flag false -> "false"
        | Text value -> value

/// What a layer is, as data: its kind, its settings and the layers that it is made of. Equal where all of these are. What a
/// function of the user's does is not part of it.
[<NoComparison>]
type Spec =
    internal
        {
            kind: string
            settings: (string * Setting) list
            // A part whose name is "" stands at the path of what it is a part of.
            parts: (string * Spec) list
        }

    static member internal Leaf(kind: string, settings: (string * Setting) list) : Spec =
        { kind = kind; settings = settings; parts = [] }

    /// What the layer is: dense, conv2d, residual, pipeline, …
    member spec.Kind = spec.kind

    /// Its settings by name, in order.
    member spec.Settings: IReadOnlyList<KeyValuePair<string, Setting>> =
        [| for name, setting in spec.settings -> KeyValuePair(name, setting) |]

    /// The layers that it is made of, by the names of their branches of the parameters, in order. A part whose name is empty has
    /// no branch of its own: its parameters stand at the path of the whole.
    member spec.Parts: IReadOnlyList<KeyValuePair<string, Spec>> =
        [| for name, part in spec.parts -> KeyValuePair(name, part) |]

    /// An indented listing of kinds and settings, a line for each layer.
    override spec.ToString() =
        let text = StringBuilder()

        let rec add (indent: string) name (spec: Spec) =
            let settings = [ for key, setting in spec.settings -> $"{key}={setting}" ]

            text
                .Append(indent)
                .Append(if name = "" then "" else name + ": ")
                .Append(spec.kind)
                .Append(if settings.IsEmpty then "" else "(" + String.Join(", ", settings) + ")")
            |> ignore

            for part, inner in spec.parts do
                add
                    (text.Append('\n') |> ignore
                     indent + "  ")
                    part
                    inner

        add "" "" spec
        text.ToString()

namespace Functional.FSharp

open Functional

/// What layers are, as data.
[<RequireQualifiedAccess>]
module Spec =

    // A path within the layer of this name.
    let private under place name =
        if place = "" then name
        elif name = "" then place
        else $"{place}/{name}"

    /// Every layer that a layer is made of, with its path, the outer before the inner: several may stand at one path, and the
    /// last of them owns the parameters there.
    let walk (spec: Spec) : (string * Spec) list =
        let rec from place (spec: Spec) =
            [
                yield place, spec

                for name, part in spec.parts do
                    yield! from (under place name) part
            ]

        from "" spec
