namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// Convolutions and pools.
[<AutoOpen>]
module internal WindowOps =

    type private T = torch.Tensor

    [<RequireQualifiedAccess>]
    module Ops =

        let conv2d
            (stride: int64[])
            (padding: int64[])
            (dilation: int64[])
            (groups: int64)
            (bias: T)
            (weight: T)
            (a: T)
            =
            many "conv2d" [| a; weight; bias |] (fun () ->
                torch.nn.functional.conv2d (a, weight, bias, stride, padding, dilation, groups))

        let maxpool2d (kernel: int64[]) (stride: int64[]) a =
            unary "maxpool2d" a (fun a -> torch.nn.functional.max_pool2d (a, kernel, stride))

        let avgpool2d (kernel: int64[]) (stride: int64[]) a =
            unary "meanpool2d" a (fun a -> torch.nn.functional.avg_pool2d (a, kernel, stride))
