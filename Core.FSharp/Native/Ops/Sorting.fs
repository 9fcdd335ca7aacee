namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Orders, distinct elements and counts.
[<AutoOpen>]
module internal SortingOps =

    type private T = torch.Tensor

    [<RequireQualifiedAccess>]
    module Ops =

        /// Equal elements keep their order.
        let sort (axis: int64) (descending: bool) a = unary "sort" a (fun a -> a.sort (axis, descending, true))
        let topk (count: int) (axis: int) a = unary "topk" a (fun a -> a.topk (count, axis, true, true))

        /// The positions of what is not 0 in a vector.
        let positions a =
            use found = unary "positions" a _.nonzero()
            unary "positions" found (fun found -> found.squeeze (Nullable 1L))

        let bincount (least: int64) a = unary "bincount" a (fun a -> a.bincount (null, least))

        // What is not contiguous it would copy all the same, and print a warning.
        let bucketize right (sorted: T) (a: T) =
            use sorted = Ops.contiguous sorted
            use a = Ops.contiguous a
            binary "searchsorted" sorted a (fun sorted a -> a.bucketize (sorted, false, right))
