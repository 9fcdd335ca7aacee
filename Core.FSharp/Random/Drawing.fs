/// How tensors are filled from keys: element i depends on the key and on i alone.
module internal Functional.FSharp.Drawing

open System
open TorchSharp
open Functional
open Functional.FSharp.Wrapping

// 2⁻²⁴, 2⁻⁵² and 2⁻⁵³, exactly.
[<Literal>]
let unit24 = 5.9604645e-8f

[<Literal>]
let unit52 = 2.220446049250313e-16

[<Literal>]
let unit53 = 1.1102230246251565e-16

/// 24 bits make a float32 in [0, 1); each 64-bit number gives two of them.
let inline first24 (bits: uint64) = float32 (uint32 (bits >>> 40)) * unit24

/// The second of the two.
let inline second24 (bits: uint64) = float32 (uint32 bits >>> 8) * unit24

/// The i-th number of a key in [0, 1), a multiple of 2⁻⁵³.
let inline unit (i: int) (key: Key) = float (Key.bits i key >>> 11) * unit53

/// The i-th number of a key in (0, 1), the middle of one of 2⁵² equal cells: its logarithms are finite.
let inline inside (i: int) (key: Key) = (float (Key.bits i key >>> 12) + 0.5) * unit52

/// Box and Muller (1958): two independent normal numbers from the numbers i and i + 1 of a key.
let inline normals (i: int) (key: Key) =
    let u = unit i key
    let v = unit (i + 1) key
    // 1 - u keeps the logarithm finite.
    let radius = sqrt (-2.0 * log (1.0 - u))
    let struct (sin, cos) = Math.SinCos(2.0 * Math.PI * v)
    struct (radius * cos, radius * sin)

/// A tensor of unknown numbers, which a span can hold; of no memory while a summary is made.
let empty name (dtype: Dtype) (shape: int seq) =
    let shape = wide shape
    let size = if dtype = Dtype.Float32 then 4.0 else 8.0

    if
        Array.exists (fun n -> n < 0L) shape
        || isNull Tally.Current && Array.fold (fun n m -> n * float m) size shape > float Int32.MaxValue
    then
        invalidArg
            (nameof shape)
            $"{name}: a shape has lengths from 0 up and takes at most 2 GiB, not {Native.showShape shape} {dtype}"

    Loader.ensure ()
    Ops.blank shape (native dtype)

/// Whether numbers of this dtype are drawn as float32 and rounded.
let isNarrow (dtype: Dtype) = dtype = Dtype.Float16 || dtype = Dtype.BFloat16

/// A float32 or float64 tensor, float32 for the floating-point dtypes of 16 bits; refuses other dtypes.
let floats name (dtype: Dtype) (shape: int seq) =
    if dtype <> Dtype.Float32 && dtype <> Dtype.Float64 && not (isNarrow dtype) then
        invalidArg (nameof dtype) $"{name}: the numbers are Float32, Float64, Float16 or BFloat16, not {dtype}"

    empty name (if isNarrow dtype then Dtype.Float32 else dtype) shape

/// What `floats` made, full of numbers, in its dtype.
let finished (dtype: Dtype) (raw: torch.Tensor) =
    if isNarrow dtype then
        use wide = raw
        Tensor.Of(Ops.cast (native dtype) wide)
    else
        GC.KeepAlive raw
        Tensor.Of raw

/// A tensor of floating-point numbers whose i-th element is `element i`.
let inline fill name dtype (shape: int seq) ([<InlineIfLambda>] element: int -> float) =
    let raw = floats name dtype shape

    if dtype = Dtype.Float64 then
        let into = Native.span<float> raw

        for i in 0 .. into.Length - 1 do
            into[i] <- element i
    else
        let into = Native.span<float32> raw

        for i in 0 .. into.Length - 1 do
            into[i] <- float32 (element i)

    finished dtype raw
