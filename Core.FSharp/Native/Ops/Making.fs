namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// New tensors, copies and conversions.
[<AutoOpen>]
module internal MakingOps =

    type private T = torch.Tensor

    [<RequireQualifiedAccess>]
    module Ops =

        let empty shape (dtype: torch.ScalarType) = make "empty" shape (fun () -> torch.empty (shape, Nullable dtype))

        /// As `empty`, but of no memory while a summary is made.
        let blank shape (dtype: torch.ScalarType) =
            make "empty" shape (fun () -> torch.empty (shape, Nullable dtype, Tally.Device))

        let zeros shape (dtype: torch.ScalarType) =
            make "zeros" shape (fun () -> torch.zeros (shape, Nullable dtype, Tally.Device))

        let ones shape (dtype: torch.ScalarType) =
            make "ones" shape (fun () -> torch.ones (shape, Nullable dtype, Tally.Device))

        let full shape (value: float) (dtype: torch.ScalarType) =
            make "full" shape (fun () ->
                withScalar value (fun s -> torch.full (shape, s, Nullable dtype, Tally.Device)))

        let eye (rows: int64) (columns: int64) (dtype: torch.ScalarType) =
            make "eye" [| rows; columns |] (fun () -> torch.eye (rows, columns, Nullable dtype, Tally.Device))

        let arange (start: float) (stop: float) (step: float) (dtype: torch.ScalarType) =
            make "arange" [||] (fun () ->
                use first = start.ToScalar()
                use last = stop.ToScalar()
                use stride = step.ToScalar()
                let result = torch.arange (first, last, stride, Nullable dtype)
                GC.KeepAlive first
                GC.KeepAlive last
                GC.KeepAlive stride
                result)

        let zerosLike a = unary "zerosLike" a _.zeros_like()
        let onesLike a = unary "onesLike" a _.ones_like()
        let fullLike (value: float) a = unary "fullLike" a (fun a -> withScalar value (fun s -> a.full_like s))

        let clone a = unary "clone" a _.clone()

        /// A new leaf of differentiation with the values of a tensor.
        let leaf a =
            requireFloating "a derivative" a

            unary "grad" a (fun a ->
                let leaf = a.detach ()
                leaf.requires_grad_ ())

        let detach a = unary "stopGradient" a _.detach()
        let contiguous a = unary "contiguous" a _.contiguous()
        let cast (dtype: torch.ScalarType) a = unary "cast" a (fun a -> a.to_type dtype)
        let move (device: torch.Device) a = unary "move" a (fun a -> a.``to`` device)

        /// On the processor. Who asks for the numbers of a tensor of a summary finds zeros.
        let cpu a =
            if Tally.IsBare a then
                make "cpu" (shape a) (fun () -> torch.zeros (shape a, Nullable(dtype a)))
            else
                unary "cpu" a _.cpu()
