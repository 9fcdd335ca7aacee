namespace Functional

open System

/// What surrounds the cells before a window slides over them.
[<RequireQualifiedAccess; NoComparison>]
type Padding =
    /// Nothing: ⌈(n - k + 1)/s⌉ positions.
    | Valid
    /// Zeros so that there are ⌈n/s⌉ positions, the odd cell at the end.
    | Same
    /// This many zeros on every side.
    | Zeros of cells: int
    /// So many zeros before and after each axis.
    | Around of widths: struct (int * int)[]
    /// Zeros before the first cell only, so that no position looks ahead: ⌈n/s⌉ positions of one axis, which is time.
    | Causal
    /// As many cells as Same, gone on with from the other end.
    | Circular
    /// As many cells as Same, mirrored at the ends, which are not repeated.
    | Reflect
    /// As many cells as Same, the ends repeated.
    | Replicate
    /// So many cells before and after each axis, gone on with from the other end.
    | CircularAround of widths: struct (int * int)[]
    /// So many cells before and after each axis, mirrored at the ends, which are not repeated.
    | ReflectAround of widths: struct (int * int)[]
    /// So many cells before and after each axis, the ends repeated.
    | ReplicateAround of widths: struct (int * int)[]

    /// The result of the function for this padding.
    member padding.Match
        (
            valid: Func<'r>,
            same: Func<'r>,
            zeros: Func<int, 'r>,
            around: Func<struct (int * int)[], 'r>,
            causal: Func<'r>,
            circular: Func<'r>,
            reflect: Func<'r>,
            replicate: Func<'r>,
            circularAround: Func<struct (int * int)[], 'r>,
            reflectAround: Func<struct (int * int)[], 'r>,
            replicateAround: Func<struct (int * int)[], 'r>
        ) : 'r =
        match padding with
        | Valid -> (FSharp.Given.required (nameof valid) valid).Invoke()
        | Same -> (FSharp.Given.required (nameof same) same).Invoke()
        | Zeros cells -> (FSharp.Given.required (nameof zeros) zeros).Invoke cells
        | Around widths -> (FSharp.Given.required (nameof around) around).Invoke widths
        | Causal -> (FSharp.Given.required (nameof causal) causal).Invoke()
        | Circular -> (FSharp.Given.required (nameof circular) circular).Invoke()
        | Reflect -> (FSharp.Given.required (nameof reflect) reflect).Invoke()
        | Replicate -> (FSharp.Given.required (nameof replicate) replicate).Invoke()
        | CircularAround widths -> (FSharp.Given.required (nameof circularAround) circularAround).Invoke widths
        | ReflectAround widths -> (FSharp.Given.required (nameof reflectAround) reflectAround).Invoke widths
        | ReplicateAround widths -> (FSharp.Given.required (nameof replicateAround) replicateAround).Invoke widths

namespace Functional.FSharp.Layers

open System
open Functional
open Functional.FSharp

/// What convolutions and pools share: numbers by axis, and the cells around an axis.
module internal Axes =

    let show (numbers: int64[]) = String.Join(" × ", numbers)

    /// One number for each axis; a single one stands for all.
    let numbers name what least axes (given: int list) : int64[] =
        match given with
        | [ one ] when one >= least -> Array.create axes (int64 one)
        | all when all.Length = axes && List.forall (fun n -> n >= least) all -> all |> List.map int64 |> Array.ofList
        | wrong ->
            invalidArg
                what
                $"{name}: {what} is one number of at least {least}, or {axes} of them, not {Wrapping.showShape wrong}"

    /// Cells around an axis of length n, so that ⌈n/stride⌉ windows of this extent fit; the odd cell at the end.
    let same (extent: int64) (stride: int64) (n: int64) : struct (int64 * int64) =
        let total = max 0L (((n + stride - 1L) / stride - 1L) * stride + extent - n)
        struct (total / 2L, total - total / 2L)

    /// What a padding puts before and after each axis of these lengths.
    let around (padding: Padding) (extent: int64[]) (stride: int64[]) (lengths: int64[]) : struct (int64 * int64)[] =
        match padding with
        | Padding.Valid -> Array.create lengths.Length (struct (0L, 0L))
        | Padding.Zeros cells -> Array.create lengths.Length (struct (int64 cells, int64 cells))
        | Padding.Around widths
        | Padding.CircularAround widths
        | Padding.ReflectAround widths
        | Padding.ReplicateAround widths ->
            widths |> Array.map (fun (struct (before, after)) -> struct (int64 before, int64 after))
        | Padding.Causal -> extent |> Array.map (fun extent -> struct (extent - 1L, 0L))
        | Padding.Same
        | Padding.Circular
        | Padding.Reflect
        | Padding.Replicate -> Array.map3 same extent stride lengths

    /// A padding as a setting.
    let setting (padding: Padding) : Setting =
        let around name (widths: struct (int * int)[]) =
            Setting.Text(name + " " + String.Join(" ", [ for struct (before, after) in widths -> $"{before}+{after}" ]))

        match padding with
        | Padding.Valid -> Setting.Text "valid"
        | Padding.Same -> Setting.Text "same"
        | Padding.Zeros cells -> Setting.Whole cells
        | Padding.Around widths -> around "zeros" widths
        | Padding.Causal -> Setting.Text "causal"
        | Padding.Circular -> Setting.Text "circular"
        | Padding.Reflect -> Setting.Text "reflect"
        | Padding.Replicate -> Setting.Text "replicate"
        | Padding.CircularAround widths -> around "circular" widths
        | Padding.ReflectAround widths -> around "reflect" widths
        | Padding.ReplicateAround widths -> around "replicate" widths

    /// A padding that cannot be is refused when the layer is made.
    let requirePadding name axes (padding: Padding) =
        match padding with
        | Padding.Zeros cells when cells < 0 -> invalidArg "padding" $"{name}: padding is at least 0 cells, not {cells}"
        | Padding.Around widths
        | Padding.CircularAround widths
        | Padding.ReflectAround widths
        | Padding.ReplicateAround widths when
            widths.Length <> axes
            || widths |> Array.exists (fun (struct (before, after)) -> before < 0 || after < 0)
            ->
            let given = String.Join("; ", widths)
            invalidArg "padding" $"{name}: padding is so many cells before and after each of {axes} axes, not [{given}]"
        | Padding.Causal when axes > 1 ->
            invalidArg "padding" $"{name}: causal padding is for one axis, which is time, not for {axes}"
        | _ -> ()
