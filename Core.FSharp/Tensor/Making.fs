namespace Functional.FSharp

open System
open TorchSharp
open Functional
open Functional.FSharp.Wrapping

/// Tensors filled by rule. They are float32 on the processor; `…Of` takes a dtype first, `…Like` takes shape, dtype and
/// device from a tensor, and `move` brings any to another device.
[<AutoOpen>]
module TensorMaking =

    /// Tensors filled by rule.
    [<RequireQualifiedAccess>]
    module Tensor =

        let private made (f: unit -> torch.Tensor) =
            Loader.ensure ()
            Tensor.Of(f ())

        /// A tensor of the given dtype filled with zeros.
        let zerosOf (dtype: Dtype) (shape: int seq) = made (fun () -> Ops.zeros (wide shape) (native dtype))

        /// Zeros, float32.
        let zeros (shape: int seq) = zerosOf Dtype.Float32 shape

        /// A tensor of the given dtype filled with ones.
        let onesOf (dtype: Dtype) (shape: int seq) = made (fun () -> Ops.ones (wide shape) (native dtype))

        /// Ones, float32.
        let ones (shape: int seq) = onesOf Dtype.Float32 shape

        /// A tensor of the given dtype filled with one number.
        let fullOf (dtype: Dtype) (shape: int seq) (value: float) =
            requireFits "full" dtype value
            made (fun () -> Ops.full (wide shape) value (native dtype))

        /// A tensor of one number, float32.
        let full (shape: int seq) (value: float) = fullOf Dtype.Float32 shape value

        /// One number without axes, float32.
        let scalar (value: float) = full [] value

        /// Zeros with the shape, dtype and device of x.
        let zerosLike (x: Tensor) = lift Ops.zerosLike x

        /// Ones with the shape, dtype and device of x.
        let onesLike (x: Tensor) = lift Ops.onesLike x

        /// One number with the shape, dtype and device of x.
        let fullLike (value: float) (x: Tensor) =
            requireFits "fullLike" x.Dtype value
            lift (Ops.fullLike value) x

        /// One number without axes, with the dtype and device of x.
        let scalarLike (value: float) (x: Tensor) = under "scalarLike" (fun () -> fullOf x.Dtype [] value |> beside x)

        /// Ones at [i; i] and zeros elsewhere, of the given dtype: [rows; columns].
        let eyeOf (dtype: Dtype) (rows: int) (columns: int) =
            made (fun () -> Ops.eye (int64 rows) (int64 columns) (native dtype))

        /// The identity matrix, float32: [n; n].
        let eye (n: int) = eyeOf Dtype.Float32 n n

        /// start, start + step, … before stop, of the given dtype: [⌈(stop - start)/step⌉].
        let arangeOf (dtype: Dtype) (start: float) (stop: float) (step: float) =
            let count = ceil ((stop - start) / step)

            if not (Double.IsFinite count) || step = 0.0 || count < 0.0 || count > float Int32.MaxValue then
                raise (
                    ArgumentException $"arange cannot go from {invariant start} to {invariant stop} by {invariant step}"
                )

            for number in [ start; start + step; start + max 0.0 (count - 1.0) * step ] do
                requireFits "arange" dtype number

            made (fun () -> Ops.arange start stop step (native dtype))

        /// 0, 1, …, count - 1 as int64: [count].
        let arange (count: int) = arangeOf Dtype.Int64 0.0 (float count) 1.0

        /// Ones at [i; i] and zeros elsewhere, with the dtype and device of x: [rows; columns].
        let eyeLike (rows: int) (columns: int) (x: Tensor) =
            under "eyeLike" (fun () -> eyeOf x.Dtype rows columns |> beside x)

        /// start, start + step, … before stop, with the dtype and device of x: [⌈(stop - start)/step⌉].
        let arangeLike (start: float) (stop: float) (step: float) (x: Tensor) =
            under "arangeLike" (fun () -> arangeOf x.Dtype start stop step |> beside x)

        // The numbers are made as float64 and rounded once; the last one is stop itself.
        let private spaced name (dtype: Dtype) (start: float) (stop: float) (count: int) (f: float -> float) =
            if count < 0 || not (Double.IsFinite start && Double.IsFinite stop) then
                raise (
                    ArgumentException $"{name} cannot place {count} numbers from {invariant start} to {invariant stop}"
                )

            let last = float (max 1 (count - 1))
            let step = (stop - start) / last

            let number i =
                f (
                    if i = count - 1 && i > 0 then stop
                    elif i = 0 then start
                    elif Double.IsFinite step then start + float i * step
                    else (1.0 - float i / last) * start + float i / last * stop
                )

            made (fun () ->
                let values = Array.init count number
                use exact = Ops.empty [| int64 count |] torch.ScalarType.Float64
                values.AsSpan().CopyTo(Native.span<float> exact)
                Ops.cast (native dtype) exact)

        /// `count` numbers at equal distances from start to stop, both included, of the given dtype: [count].
        let linspaceOf (dtype: Dtype) (start: float) (stop: float) (count: int) =
            spaced "linspace" dtype start stop count id

        /// `count` numbers at equal distances from start to stop, both included, float32: [count].
        let linspace (start: float) (stop: float) (count: int) = linspaceOf Dtype.Float32 start stop count

        /// base^start, …, base^stop with exponents at equal distances, of the given dtype: [count].
        let logspaceOf (dtype: Dtype) (base': float) (start: float) (stop: float) (count: int) =
            spaced "logspace" dtype start stop count (fun exponent -> base' ** exponent)

        /// 10^start, …, 10^stop with exponents at equal distances, float32: [count].
        let logspace (start: float) (stop: float) (count: int) = logspaceOf Dtype.Float32 10.0 start stop count

        /// `count` numbers at equal distances from start to stop, both included, with the dtype and device of x: [count].
        let linspaceLike (start: float) (stop: float) (count: int) (x: Tensor) =
            under "linspaceLike" (fun () -> linspaceOf x.Dtype start stop count |> beside x)

        /// base^start, …, base^stop with exponents at equal distances, with the dtype and device of x: [count].
        let logspaceLike (base': float) (start: float) (stop: float) (count: int) (x: Tensor) =
            under "logspaceLike" (fun () -> logspaceOf x.Dtype base' start stop count |> beside x)
