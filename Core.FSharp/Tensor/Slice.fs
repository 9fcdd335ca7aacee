namespace Functional

open System
open System.Runtime.InteropServices
open Functional.FSharp

/// One axis of an index: a position (the axis goes) or a range with a step. Positions count from the end where negative.
[<Struct>]
type Slice =
    internal
        {
            First: int64
            Last: int64
            Step: int64
            Single: bool
        }

    // The place behind the last position has this number, whatever the length of the axis.
    static member internal End = Int64.MaxValue

    static member internal Bound(index: Index) =
        match index.IsFromEnd, index.Value with
        | true, 0 -> Slice.End
        | true, value -> -(int64 value)
        | false, value -> int64 value

    /// One position; the axis goes.
    static member At(index: Index) =
        let position = Slice.Bound index
        { First = position; Last = position; Step = 1L; Single = true }

    /// Positions first, first + step, … before the end of the range; the axis stays.
    static member Between(range: Range, [<Optional; DefaultParameterValue(1)>] step: int) =
        {
            First = Slice.Bound range.Start
            Last = Slice.Bound range.End
            Step = int64 step
            Single = false
        }

    /// One position.
    static member op_Implicit(index: int) : Slice =
        { First = int64 index; Last = int64 index; Step = 1L; Single = true }

    /// One position, counted from either end.
    static member op_Implicit(index: Index) : Slice = Slice.At index

    /// A range of positions.
    static member op_Implicit(range: Range) : Slice = Slice.Between range

    /// The same part counted from the front; what lies outside the shape is refused, with axis, position and shape.
    static member internal Within (name: string) (shape: int64[]) (axis: int) (slice: Slice) : Slice =
        let length = shape[axis]

        let refuse problem : 'a =
            raise (ArgumentException($"{name}: {problem} of axis {axis} in the shape {Native.showShape shape}", "axes"))

        let show bound = if bound = Slice.End then "^0" else string bound

        let place (bound: int64) =
            if bound = Slice.End then length
            elif bound < 0L then bound + length
            else bound

        let first, last = place slice.First, place slice.Last

        if slice.Single then
            if first < 0L || first >= length then
                refuse $"there is no position {show slice.First}"

            { slice with First = first; Last = first }
        else
            if slice.Step < 1L then
                refuse $"a range goes by at least 1, not by {slice.Step}: along the positions"

            if first < 0L || last > length || first > last then
                refuse $"there is no range {show slice.First}..{show slice.Last}"

            { slice with First = first; Last = last }
