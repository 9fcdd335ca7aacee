namespace Functional.FSharp

open Functional

/// One axis of an index with a step: x[Slice.every 2]. As in F#'s own slices, the last position is part of a range;
/// positions count from the end where negative.
[<RequireQualifiedAccess>]
module Slice =

    /// One position; the axis goes.
    let at (position: int) : Slice = Slice.op_Implicit position

    /// The positions from the first to the last of a range, both included.
    let between (first: int) (last: int) : Slice =
        {
            First = int64 first
            // -1 is the last of all.
            Last = if last = -1 then Slice.End else int64 last + 1L
            Step = 1L
            Single = false
        }

    /// All positions.
    let all: Slice = between 0 -1

    /// The positions from the first on.
    let from (first: int) : Slice = between first -1

    /// The positions up to the last, which is included.
    let upTo (last: int) : Slice = between 0 last

    /// Of the positions of a range the first and each that comes so many after one taken.
    let by (step: int) (range: Slice) : Slice = { range with Step = int64 step }

    /// Every n-th position, from the first on.
    let every (step: int) : Slice = by step all

/// F#'s slices of tensors: x[1.., 0], x[*, 2..5]. Both ends are included; positions count from the end where negative.
[<AutoOpen>]
module TensorSlicing =

    let private range (first: int option) (last: int option) = Slice.between (defaultArg first 0) (defaultArg last -1)

    type Tensor with

        /// x[a..b]
        member x.GetSlice(i: int option, i': int option) = x[range i i']

        /// x[a..b, a..b]
        member x.GetSlice(i: int option, i': int option, j: int option, j': int option) = x[range i i', range j j']

        /// x[a..b, i]
        member x.GetSlice(i: int option, i': int option, j: int) = x[range i i', Slice.at j]

        /// x[i, a..b]
        member x.GetSlice(i: int, j: int option, j': int option) = x[Slice.at i, range j j']

        /// x[a..b, a..b, a..b]
        member x.GetSlice(i: int option, i': int option, j: int option, j': int option, k: int option, k': int option) =
            x[range i i', range j j', range k k']

        /// x[a..b, a..b, i]
        member x.GetSlice(i: int option, i': int option, j: int option, j': int option, k: int) =
            x[range i i', range j j', Slice.at k]

        /// x[a..b, i, a..b]
        member x.GetSlice(i: int option, i': int option, j: int, k: int option, k': int option) =
            x[range i i', Slice.at j, range k k']

        /// x[a..b, i, i]
        member x.GetSlice(i: int option, i': int option, j: int, k: int) = x[range i i', Slice.at j, Slice.at k]

        /// x[i, a..b, a..b]
        member x.GetSlice(i: int, j: int option, j': int option, k: int option, k': int option) =
            x[Slice.at i, range j j', range k k']

        /// x[i, a..b, i]
        member x.GetSlice(i: int, j: int option, j': int option, k: int) = x[Slice.at i, range j j', Slice.at k]

        /// x[i, i, a..b]
        member x.GetSlice(i: int, j: int, k: int option, k': int option) = x[Slice.at i, Slice.at j, range k k']

        /// x[a..b, a..b, a..b, a..b]
        member x.GetSlice
            (
                i: int option,
                i': int option,
                j: int option,
                j': int option,
                k: int option,
                k': int option,
                l: int option,
                l': int option
            ) =
            x[range i i', range j j', range k k', range l l']

        /// x[a..b, a..b, a..b, i]
        member x.GetSlice
            (i: int option, i': int option, j: int option, j': int option, k: int option, k': int option, l: int)
            =
            x[range i i', range j j', range k k', Slice.at l]

        /// x[a..b, a..b, i, a..b]
        member x.GetSlice
            (i: int option, i': int option, j: int option, j': int option, k: int, l: int option, l': int option)
            =
            x[range i i', range j j', Slice.at k, range l l']

        /// x[a..b, a..b, i, i]
        member x.GetSlice(i: int option, i': int option, j: int option, j': int option, k: int, l: int) =
            x[range i i', range j j', Slice.at k, Slice.at l]

        /// x[a..b, i, a..b, a..b]
        member x.GetSlice
            (i: int option, i': int option, j: int, k: int option, k': int option, l: int option, l': int option)
            =
            x[range i i', Slice.at j, range k k', range l l']

        /// x[a..b, i, a..b, i]
        member x.GetSlice(i: int option, i': int option, j: int, k: int option, k': int option, l: int) =
            x[range i i', Slice.at j, range k k', Slice.at l]

        /// x[a..b, i, i, a..b]
        member x.GetSlice(i: int option, i': int option, j: int, k: int, l: int option, l': int option) =
            x[range i i', Slice.at j, Slice.at k, range l l']

        /// x[a..b, i, i, i]
        member x.GetSlice(i: int option, i': int option, j: int, k: int, l: int) =
            x[range i i', Slice.at j, Slice.at k, Slice.at l]

        /// x[i, a..b, a..b, a..b]
        member x.GetSlice
            (i: int, j: int option, j': int option, k: int option, k': int option, l: int option, l': int option)
            =
            x[Slice.at i, range j j', range k k', range l l']

        /// x[i, a..b, a..b, i]
        member x.GetSlice(i: int, j: int option, j': int option, k: int option, k': int option, l: int) =
            x[Slice.at i, range j j', range k k', Slice.at l]

        /// x[i, a..b, i, a..b]
        member x.GetSlice(i: int, j: int option, j': int option, k: int, l: int option, l': int option) =
            x[Slice.at i, range j j', Slice.at k, range l l']

        /// x[i, a..b, i, i]
        member x.GetSlice(i: int, j: int option, j': int option, k: int, l: int) =
            x[Slice.at i, range j j', Slice.at k, Slice.at l]

        /// x[i, i, a..b, a..b]
        member x.GetSlice(i: int, j: int, k: int option, k': int option, l: int option, l': int option) =
            x[Slice.at i, Slice.at j, range k k', range l l']

        /// x[i, i, a..b, i]
        member x.GetSlice(i: int, j: int, k: int option, k': int option, l: int) =
            x[Slice.at i, Slice.at j, range k k', Slice.at l]

        /// x[i, i, i, a..b]
        member x.GetSlice(i: int, j: int, k: int, l: int option, l': int option) =
            x[Slice.at i, Slice.at j, Slice.at k, range l l']
