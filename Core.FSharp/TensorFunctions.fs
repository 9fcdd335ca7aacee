namespace Functional.FSharp

open System
open System.Runtime.InteropServices
open TorchSharp
open Functional

/// Functions of tensors. Elementwise functions keep the shape; `…Over` reduces one axis, counted from the end where negative.
[<RequireQualifiedAccess>]
module Tensor =

    let inline private wide (shape: int seq) = shape |> Seq.map int64 |> Seq.toArray
    let inline private native (dtype: Dtype) : torch.ScalarType = LanguagePrimitives.EnumOfValue(sbyte dtype)
    let inline private lift ([<InlineIfLambda>] f: torch.Tensor -> torch.Tensor) (x: Tensor) = Tensor.Of(f x.Raw)

    // ---- making

    /// A tensor of the given dtype filled with zeros.
    let zerosOf (dtype: Dtype) (shape: int seq) =
        Loader.ensure ()
        Tensor.Of(Ops.zeros (wide shape) (native dtype))

    /// Zeros, float32.
    let zeros (shape: int seq) = zerosOf Dtype.Float32 shape

    /// A tensor of one number, float32.
    let full (shape: int seq) (value: float) =
        Loader.ensure ()
        Tensor.Of(Ops.full (wide shape) value torch.ScalarType.Float32)

    /// Ones, float32.
    let ones (shape: int seq) = full shape 1.0

    /// One number without axes, float32.
    let scalar (value: float) = full [] value

    /// Zeros with the shape and dtype of x.
    let zerosLike (x: Tensor) = lift Ops.zerosLike x

    /// Ones with the shape and dtype of x.
    let onesLike (x: Tensor) = lift Ops.onesLike x

    /// 0, 1, …, count - 1 as int64: [count].
    let arange (count: int) =
        Loader.ensure ()
        Tensor.Of(Ops.arange 0.0 (float count) 1.0 torch.ScalarType.Int64)

    let private ofValues<'a when 'a: struct and 'a: (new: unit -> 'a) and 'a :> ValueType>
        dtype
        (shape: int seq)
        (values: 'a[])
        =
        Loader.ensure ()
        let shape = wide shape

        if Array.exists (fun n -> n < 0L) shape || Array.fold (*) 1L shape <> int64 values.Length then
            invalidArg (nameof shape) $"{values.Length} values do not fill the shape {Ops.showShape shape}"

        let raw = Ops.empty shape dtype
        values.AsSpan().CopyTo(Ops.span<'a> raw)
        GC.KeepAlive raw
        Tensor.Of raw

    /// A float32 tensor of this shape from its elements, the last axis running fastest.
    let ofArray (shape: int seq) (values: float32[]) = ofValues torch.ScalarType.Float32 shape values

    /// A float64 tensor of this shape from its elements, the last axis running fastest.
    let ofDoubles (shape: int seq) (values: float[]) = ofValues torch.ScalarType.Float64 shape values

    /// An int64 tensor of this shape from its elements, the last axis running fastest.
    let ofLongs (shape: int seq) (values: int64[]) = ofValues torch.ScalarType.Int64 shape values

    /// An int64 vector: class labels or indices.
    let ofInts (values: int seq) =
        let values = values |> Seq.map int64 |> Seq.toArray
        ofLongs [ values.Length ] values

    /// A uint8 tensor of this shape from its elements, the last axis running fastest.
    let ofBytes (shape: int seq) (values: byte[]) = ofValues torch.ScalarType.Byte shape values

    /// A float32 vector.
    let ofSeq (values: float seq) =
        let values = values |> Seq.map float32 |> Seq.toArray
        ofArray [ values.Length ] values

    // ---- reading

    let private values<'a when 'a: struct and 'a: (new: unit -> 'a) and 'a :> ValueType> dtype (x: Tensor) : 'a[] =
        use detached = Ops.detach x.Raw
        use here = Ops.cpu detached
        use typed = Ops.cast dtype here
        use flat = Ops.contiguous typed
        let result = Ops.span<'a>(flat).ToArray()
        GC.KeepAlive flat
        result

    /// The elements as float32, the last axis running fastest.
    let toArray (x: Tensor) : float32[] = values torch.ScalarType.Float32 x

    /// The elements as float64, the last axis running fastest.
    let toDoubles (x: Tensor) : float[] = values torch.ScalarType.Float64 x

    /// The elements as int64, the last axis running fastest.
    let toLongs (x: Tensor) : int64[] = values torch.ScalarType.Int64 x

    /// The elements as bytes, the last axis running fastest.
    let toBytes (x: Tensor) : byte[] = values torch.ScalarType.Byte x

    /// The single element of a tensor.
    let toFloat (x: Tensor) : float =
        if Ops.count x.Raw <> 1L then
            invalidArg
                (nameof x)
                $"toFloat reads one element, but the tensor has shape {Ops.showShape (Ops.shape x.Raw)}"

        (toDoubles x)[0]

    /// The same numbers in another dtype.
    let cast (dtype: Dtype) (x: Tensor) = lift (Ops.cast (native dtype)) x

    /// The same numbers on another device; an ArgumentException if this machine does not have it.
    let move (device: Device) (x: Tensor) =
        let place =
            try
                torch.device (device.Kind, device.Index)
            with :? InvalidOperationException as error ->
                let reason = error.Message.Split('\n')[0]
                raise (ArgumentException($"this machine has no device {device}: {reason}", nameof device, error))

        lift (Ops.move place) x

    /// Takes a tensor out of every scope: it lives as long as the program refers to it.
    let keep (x: Tensor) = Scope.keep x

    /// The same numbers, constant: nothing is differentiated through them.
    let stopGradient (x: Tensor) = lift Ops.detach x

    let internal bits (x: Tensor) : byte[] =
        use detached = Ops.detach x.Raw
        use here = Ops.cpu detached
        use flat = Ops.contiguous here
        let result = flat.bytes.ToArray()
        GC.KeepAlive flat
        result

    /// Whether both have the same shape, the same dtype and the same bits.
    let equal (a: Tensor) (b: Tensor) =
        a.Dtype = b.Dtype && Ops.sameShape a.Raw b.Raw && (bits a).AsSpan().SequenceEqual(bits b)

    /// Whether both have the same shape and |a - b| ≤ absolute + relative·|b| everywhere.
    let allclose (relative: float) (absolute: float) (a: Tensor) (b: Tensor) =
        Ops.sameShape a.Raw b.Raw
        && Array.forall2 (fun x y -> x = y || abs (x - y) <= absolute + relative * abs y) (toDoubles a) (toDoubles b)

    // ---- elementwise

    /// eˣ
    let exp (x: Tensor) = lift Ops.exp x
    /// ln x
    let log (x: Tensor) = lift Ops.log x
    /// √x
    let sqrt (x: Tensor) = lift Ops.sqrt x
    /// 1/√x
    let rsqrt (x: Tensor) = lift Ops.rsqrt x
    /// |x|
    let abs (x: Tensor) = lift Ops.abs x
    /// -1, 0 or 1
    let sign (x: Tensor) = lift Ops.sign x
    /// x²
    let square (x: Tensor) = lift Ops.square x
    /// sin x
    let sin (x: Tensor) = lift Ops.sin x
    /// cos x
    let cos (x: Tensor) = lift Ops.cos x
    /// tanh x
    let tanh (x: Tensor) = lift Ops.tanh x
    /// 1/(1 + e⁻ˣ)
    let sigmoid (x: Tensor) = lift Ops.sigmoid x
    /// max(x, 0)
    let relu (x: Tensor) = lift Ops.relu x
    /// xᵖ
    let pow (p: float) (x: Tensor) = Tensor.Of(Ops.powScalar x.Raw p)
    /// The larger of each pair of elements; shapes broadcast.
    let maximum (a: Tensor) (b: Tensor) = Tensor.Of(Ops.maximum a.Raw b.Raw)
    /// The smaller of each pair of elements; shapes broadcast.
    let minimum (a: Tensor) (b: Tensor) = Tensor.Of(Ops.minimum a.Raw b.Raw)
    /// a = b, elementwise; bool.
    let eq (a: Tensor) (b: Tensor) = Tensor.Of(Ops.eq a.Raw b.Raw)
    /// a < b, elementwise; bool.
    let lt (a: Tensor) (b: Tensor) = Tensor.Of(Ops.lt a.Raw b.Raw)
    /// a ≤ b, elementwise; bool.
    let le (a: Tensor) (b: Tensor) = Tensor.Of(Ops.le a.Raw b.Raw)
    /// a > b, elementwise; bool.
    let gt (a: Tensor) (b: Tensor) = Tensor.Of(Ops.gt a.Raw b.Raw)
    /// a ≥ b, elementwise; bool.
    let ge (a: Tensor) (b: Tensor) = Tensor.Of(Ops.ge a.Raw b.Raw)

    /// a where the mask holds, else b; shapes broadcast.
    let where (mask: Tensor) (a: Tensor) (b: Tensor) = Tensor.Of(Ops.where mask.Raw a.Raw b.Raw)

    /// 1 at the label's place and 0 elsewhere, float32: labels [n] -> [n; classes].
    let onehot (classes: int) (labels: Tensor) =
        eq (lift (Ops.unsqueeze -1L) labels) (arange classes) |> cast Dtype.Float32

    // ---- reductions

    /// The sum of all elements: [].
    let sum (x: Tensor) = lift Ops.sum x
    /// The mean of all elements: [].
    let mean (x: Tensor) = lift Ops.mean x
    /// The largest element: [].
    let max (x: Tensor) = lift Ops.max x
    /// The smallest element: [].
    let min (x: Tensor) = lift Ops.min x
    /// The sum over one axis, which goes.
    let sumOver (axis: int) (x: Tensor) = lift (Ops.sumOver [| int64 axis |] false) x
    /// The mean over one axis, which goes.
    let meanOver (axis: int) (x: Tensor) = lift (Ops.meanOver [| int64 axis |] false) x
    /// The largest element over one axis, which goes.
    let maxOver (axis: int) (x: Tensor) = lift (Ops.maxOver (int64 axis) false) x
    /// The position of the largest element over one axis, which goes: int64.
    let argmaxOver (axis: int) (x: Tensor) = lift (Ops.argmax (int64 axis)) x
    /// exp(xᵢ) / Σⱼ exp(xⱼ) along one axis.
    let softmax (axis: int) (x: Tensor) = lift (Ops.softmax (int64 axis)) x
    /// xᵢ - ln Σⱼ exp(xⱼ) along one axis.
    let logsoftmax (axis: int) (x: Tensor) = lift (Ops.logsoftmax (int64 axis)) x

    /// Mean over several axes, which stay with length 1.
    let internal meanKeeping (axes: int64[]) (x: Tensor) = lift (Ops.meanOver axes true) x

    // ---- shapes

    /// The same elements in another shape; one axis may be -1: what remains.
    let reshape (shape: int seq) (x: Tensor) = lift (Ops.reshape (wide shape)) x
    /// Two axes exchanged.
    let transpose (i: int) (j: int) (x: Tensor) = lift (Ops.transpose (int64 i) (int64 j)) x
    /// The axes in another order.
    let permute (axes: int seq) (x: Tensor) = lift (Ops.permute (wide axes)) x
    /// Axes of length 1 stretched to this shape.
    let expand (shape: int seq) (x: Tensor) = lift (Ops.expand (wide shape)) x
    /// Without this axis of length 1.
    let squeeze (axis: int) (x: Tensor) = lift (Ops.squeeze (int64 axis)) x
    /// With a new axis of length 1 at this place.
    let unsqueeze (axis: int) (x: Tensor) = lift (Ops.unsqueeze (int64 axis)) x
    /// The elements of these axes in reverse order.
    let flip (axes: int seq) (x: Tensor) = lift (Ops.flip (wide axes)) x

    /// Positions start, start + 1, … before stop of one axis.
    let slice (axis: int) (start: int) (stop: int) (x: Tensor) =
        lift (Ops.slice (int64 axis) (int64 start) (int64 stop) 1L) x

    /// The positions of one axis that an int64 vector names, in its order.
    let indexSelect (axis: int) (index: Tensor) (x: Tensor) = Tensor.Of(Ops.indexSelect (int64 axis) x.Raw index.Raw)

    /// Elements picked along one axis: y[i; j] = x[i; index[i; j]] for axis 1.
    let gather (axis: int) (index: Tensor) (x: Tensor) = Tensor.Of(Ops.gather (int64 axis) x.Raw index.Raw)

    let private operands name (parts: Tensor seq) =
        let parts = Seq.toArray parts

        if parts.Length = 0 then
            invalidArg (nameof parts) $"{name} needs at least one tensor"

        parts |> Array.map _.Raw

    /// Tensors joined along an axis that they have.
    let cat (axis: int) (parts: Tensor seq) = Tensor.Of(Ops.cat (int64 axis) (operands "cat" parts))
    /// Tensors of one shape joined along a new axis.
    let stack (axis: int) (parts: Tensor seq) = Tensor.Of(Ops.stack (int64 axis) (operands "stack" parts))

    /// Zeros around the last two axes: before and after each, in cells.
    let internal padImage (top: int) (bottom: int) (left: int) (right: int) (x: Tensor) =
        lift (Ops.pad [| int64 left; int64 right; int64 top; int64 bottom |]) x

    // ---- products

    /// The matrix product over the last two axes: [n; k] × [k; m] -> [n; m]; leading axes broadcast.
    let matmul (a: Tensor) (b: Tensor) = Tensor.Of(Ops.matmul a.Raw b.Raw)

    /// The sum of products of two vectors: [k] × [k] -> [].
    let dot (x: Tensor) (y: Tensor) =
        if x.Rank <> 1 || y.Rank <> 1 then
            invalidArg (nameof y) $"dot takes two vectors, not {Ops.describe x.Raw} and {Ops.describe y.Raw}"

        matmul x y
