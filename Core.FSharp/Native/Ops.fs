/// The door to TorchSharp: every tensor operation of the library goes through here.
/// TorchSharp reads raw handles and does not keep their wrappers alive during the native call, and the scalars of its
/// implicit conversions are held by nothing. So each call here passes explicit scalars, holds every operand until the
/// call has returned, and turns a native failure into a managed exception that names the function and the shapes.
[<RequireQualifiedAccess>]
module internal Functional.FSharp.Ops

open System
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open TorchSharp

type private T = torch.Tensor

// ---- reading

let inline private read (a: T) ([<InlineIfLambda>] f: T -> 'r) : 'r =
    let result = f a
    GC.KeepAlive a
    result

let rank a = read a (fun a -> int a.ndim)
let size a (axis: int) = read a (fun a -> a.size axis)

/// The length of each axis, asked for one by one: TorchSharp's own array of them takes ten times as long.
let shape a = read a (fun a -> Array.init (int a.ndim) (fun axis -> a.size axis))

let count a = read a _.NumberOfElements
let bytes a = read a (fun a -> a.NumberOfElements * a.ElementSize)
let sameShape (a: T) (b: T) = (shape a).AsSpan().SequenceEqual(shape b)
let dtype a = read a _.dtype
let device a = read a _.device
let requiresGrad a = read a _.requires_grad
let isContiguous a = read a _.is_contiguous()
let isOnCpu a = read a (fun a -> a.device_type = DeviceType.CPU)

/// The elements of a contiguous tensor on the CPU, in place. The caller keeps the tensor alive while it reads or fills.
let span<'a when 'a: struct and 'a: (new: unit -> 'a) and 'a :> ValueType> (a: T) : Span<'a> =
    MemoryMarshal.Cast<byte, 'a> a.bytes

/// The bytes of a tensor on the CPU, from the first to behind the last. The caller sees to it that it is contiguous.
let range (a: T) : struct (nativeint * nativeint) =
    let bytes = a.bytes
    let first = Unsafe.ByteOffset(&Unsafe.NullRef<byte>(), &MemoryMarshal.GetReference bytes)
    GC.KeepAlive a
    struct (first, first + nativeint bytes.Length)

// ---- errors

let showShape (shape: int64[]) = "[" + String.Join("; ", shape) + "]"

let describe (a: T) = $"{showShape (shape a)} {(dtype a).ToString().ToLowerInvariant()}"

// The first line of a native message says what went wrong; the rest is a native stack.
let refuse (name: string) (given: string) (error: exn) : 'a =
    let reason = error.Message.Split('\n')[0]
    raise (ArgumentException($"{name} cannot be applied to {given}: {reason.Trim()}", error))

let private refuseAll name (operands: T seq) error : 'a =
    refuse name (String.Join(" and ", Seq.map describe operands)) error

let inline private make (shape: int64[]) ([<InlineIfLambda>] f: unit -> T) : T =
    try
        f ()
    with :? ExternalException as error ->
        refuse "a tensor" ("shape " + showShape shape) error

let inline private unary name (a: T) ([<InlineIfLambda>] f: T -> T) : T =
    try
        let result = f a
        GC.KeepAlive a
        result
    with :? ExternalException as error ->
        refuseAll name [ a ] error

let inline private binary name (a: T) (b: T) ([<InlineIfLambda>] f: T -> T -> T) : T =
    try
        let result = f a b
        GC.KeepAlive a
        GC.KeepAlive b
        result
    with :? ExternalException as error ->
        refuseAll name [ a; b ] error

let inline private many name (operands: T[]) ([<InlineIfLambda>] f: unit -> T) : T =
    try
        let result = f ()

        for operand in operands do
            GC.KeepAlive operand

        GC.KeepAlive operands
        result
    with :? ExternalException as error ->
        refuseAll name operands error

let inline private withScalar (value: float) ([<InlineIfLambda>] f: Scalar -> T) : T =
    use scalar = value.ToScalar()
    let result = f scalar
    GC.KeepAlive scalar
    result

let inline private scaled name (a: T) (value: float) ([<InlineIfLambda>] f: T -> Scalar -> T) : T =
    unary name a (fun a -> withScalar value (fun s -> f a s))

// Never freed: scalars that every addition and every square pass.
let private one = lazy ((1.0).ToScalar())
let private two = lazy ((2).ToScalar())

// TorchSharp ends the process, or derivatives have no meaning, where these get whole numbers.
let private requireFloating name a =
    match dtype a with
    | torch.ScalarType.Float32
    | torch.ScalarType.Float64
    | torch.ScalarType.BFloat16 -> ()
    | _ -> raise (ArgumentException $"{name} is defined for floating-point numbers, but was given {describe a}")

// ---- making

let empty shape (dtype: torch.ScalarType) = make shape (fun () -> torch.empty (shape, Nullable dtype))
let zeros shape (dtype: torch.ScalarType) = make shape (fun () -> torch.zeros (shape, Nullable dtype))
let ones shape (dtype: torch.ScalarType) = make shape (fun () -> torch.ones (shape, Nullable dtype))

let full shape (value: float) (dtype: torch.ScalarType) =
    make shape (fun () -> withScalar value (fun s -> torch.full (shape, s, Nullable dtype)))

let arange (start: float) (stop: float) (step: float) (dtype: torch.ScalarType) =
    make [||] (fun () ->
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
let cpu a = unary "cpu" a _.cpu()

// ---- elementwise

let add a b = binary "add" a b (fun a b -> a.add (b, one.Value))
let sub a b = binary "sub" a b (fun a b -> a.sub b)
let mul a b = binary "mul" a b (fun a b -> a.mul b)
let div a b = binary "div" a b (fun a b -> a.div b)
let pow a b = binary "pow" a b (fun a b -> a.pow b)
let maximum a b = binary "maximum" a b (fun a b -> a.maximum b)
let minimum a b = binary "minimum" a b (fun a b -> a.minimum b)

/// Overwrites a tensor that the caller alone owns.
let fill (a: T) (value: float) =
    withScalar value (fun s -> a.fill_ s) |> ignore
    GC.KeepAlive a

let addScalar a (v: float) = scaled "add" a v (fun a s -> a.add (s, one.Value))
let mulScalar a (v: float) = scaled "mul" a v (fun a s -> a.mul s)
let divScalar a (v: float) = scaled "div" a v (fun a s -> a.div s)
let powScalar a (v: float) = scaled "pow" a v (fun a s -> a.pow s)
let eq a b = binary "eq" a b (fun a b -> a.eq b)
let lt a b = binary "lt" a b (fun a b -> a.lt b)
let le a b = binary "le" a b (fun a b -> a.le b)
let gt a b = binary "gt" a b (fun a b -> a.gt b)
let ge a b = binary "ge" a b (fun a b -> a.ge b)
let ltScalar a (v: float) = scaled "lt" a v (fun a s -> a.lt s)
let geScalar a (v: float) = scaled "ge" a v (fun a s -> a.ge s)
let where (mask: T) (a: T) (b: T) = many "where" [| mask; a; b |] (fun () -> torch.where (mask, a, b))
let neg a = unary "neg" a _.neg()
let exp a = unary "exp" a _.exp()
let log a = unary "log" a _.log()
let sqrt a = unary "sqrt" a _.sqrt()
let rsqrt a = unary "rsqrt" a _.rsqrt()
let abs a = unary "abs" a _.abs()
let sign a = unary "sign" a _.sign()
let square a = unary "square" a (fun a -> a.pow two.Value)
let sin a = unary "sin" a _.sin()
let cos a = unary "cos" a _.cos()
let tanh a = unary "tanh" a _.tanh()
let sigmoid a = unary "sigmoid" a _.sigmoid()
let relu a = unary "relu" a _.relu()

// ---- reductions

let sum a = unary "sum" a _.sum()
let sumOver (axes: int64[]) keep a = unary "sum" a (fun a -> a.sum (axes, keep))
let mean a = unary "mean" a _.mean()
let meanOver (axes: int64[]) keep a = unary "mean" a (fun a -> a.mean (axes, keep))

let varOver (axes: int64[]) (unbiased: bool) keep a =
    requireFloating "variance" a
    unary "variance" a (fun a -> a.var (axes, unbiased, keep))

let max a = unary "max" a _.max()
let min a = unary "min" a _.min()
let maxOver (axis: int64) keep a = unary "max" a (fun a -> a.amax ([| axis |], keep))
let argmax (axis: int64) a = unary "argmax" a (fun a -> a.argmax axis)
let all a = unary "all" a _.all()
let softmax (axis: int64) a = unary "softmax" a (fun a -> a.softmax axis)
let logsoftmax (axis: int64) a = unary "logsoftmax" a (fun a -> a.log_softmax axis)

// ---- shapes

let reshape (shape: int64[]) a =
    try
        unary "reshape" a (fun a -> a.reshape shape)
    with :? ArgumentException as error ->
        raise (ArgumentException($"reshape to {showShape shape}: {error.Message}", error))

let transpose (i: int64) (j: int64) a = unary "transpose" a (fun a -> a.transpose (i, j))
let permute (axes: int64[]) a = unary "permute" a (fun a -> a.permute axes)
let expand (shape: int64[]) a = unary "expand" a (fun a -> a.expand shape)
let squeeze (axis: int64) a = unary "squeeze" a (fun a -> a.squeeze (Nullable axis))
let unsqueeze (axis: int64) a = unary "unsqueeze" a (fun a -> a.unsqueeze axis)
let flip (axes: int64[]) a = unary "flip" a (fun a -> a.flip axes)

let slice (axis: int64) (start: int64) (stop: int64) (step: int64) a =
    unary "slice" a (fun a -> a.slice (axis, start, stop, step))

let select (axis: int64) (index: int64) a = unary "select" a (fun a -> a.select (axis, index))
let indexSelect (axis: int64) a index = binary "indexSelect" a index (fun a index -> a.index_select (axis, index))
let gather (axis: int64) a index = binary "gather" a index (fun a index -> a.gather (axis, index))
let cat (axis: int64) (parts: T[]) = many "cat" parts (fun () -> torch.cat (parts, axis))
let stack (axis: int64) (parts: T[]) = many "stack" parts (fun () -> torch.stack (parts, axis))
let pad (widths: int64[]) a = unary "pad" a (fun a -> torch.nn.functional.pad (a, widths))

// ---- products and windows

// TorchSharp's matmul ends the process where its operands do not fit, so they are looked at first.
let private checkMatmul (a: T) (b: T) =
    let left, right = shape a, shape b

    let problem =
        if left.Length = 0 || right.Length = 0 then
            "a single number is no matrix"
        elif dtype a <> dtype b || dtype a = torch.ScalarType.Bool then
            "both must have the same dtype, and not bool"
        elif left[left.Length - 1] <> right[Math.Max(0, right.Length - 2)] then
            "the last axis of the left operand must be as long as the one before last of the right"
        else
            // Leading axes broadcast: aligned at the end, equal or 1.
            let leading (shape: int64[]) = Array.rev shape[.. shape.Length - 3]
            let fits = Seq.forall2 (fun i j -> i = j || i = 1L || j = 1L) (leading left) (leading right)
            if fits then "" else "the leading axes do not broadcast"

    if problem <> "" then
        raise (ArgumentException $"matmul cannot be applied to {describe a} and {describe b}: {problem}")

let matmul a b =
    checkMatmul a b
    binary "matmul" a b (fun a b -> a.matmul b)

let affine (bias: T) (a: T) (b: T) = many "dense" [| a; b; bias |] (fun () -> bias.addmm (a, b))

let conv2d (stride: int64[]) (padding: int64[]) (dilation: int64[]) (groups: int64) (bias: T) (weight: T) (a: T) =
    many "conv2d" [| a; weight; bias |] (fun () ->
        torch.nn.functional.conv2d (a, weight, bias, stride, padding, dilation, groups))

let maxpool2d (kernel: int64[]) (stride: int64[]) a =
    unary "maxpool2d" a (fun a -> torch.nn.functional.max_pool2d (a, kernel, stride))

let avgpool2d (kernel: int64[]) (stride: int64[]) a =
    unary "meanpool2d" a (fun a -> torch.nn.functional.avg_pool2d (a, kernel, stride))

// ---- fused forms: right to the first derivative, the composed forms beside them to any

let mseLoss a b = binary "squaredError" a b (fun a b -> torch.nn.functional.mse_loss (a, b))

let crossEntropy logits labels =
    binary "crossEntropy" logits labels (fun logits labels ->
        torch.nn.functional.cross_entropy (logits, labels, ignore_index = Int64.MinValue))

let batchNorm (scale: T) (shift: T) (epsilon: float) (a: T) =
    requireFloating "batchNorm" a

    if rank a < 2 then
        raise (ArgumentException $"batchNorm cannot be applied to {describe a}: it has no axis of features")

    let features = [| size a 1 |]

    for vector in [ scale; shift ] do
        if dtype vector <> dtype a || not ((shape vector).AsSpan().SequenceEqual features) then
            raise (
                ArgumentException
                    $"batchNorm cannot be applied to {describe a} with {describe scale} and {describe shift}"
            )

    many "batchNorm" [| a; scale; shift |] (fun () ->
        torch.nn.functional.batch_norm (a, null, null, scale, shift, true, 0.0, epsilon))
