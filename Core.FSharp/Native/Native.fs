/// The door to TorchSharp: every call of the library goes through these guards.
/// TorchSharp reads raw handles and does not keep their wrappers alive during the native call, and the scalars of its
/// implicit conversions are held by nothing. So each call here passes explicit scalars, holds every operand until the
/// call has returned, and turns a native failure into a managed exception that names the function and the shapes.
module internal Functional.FSharp.Native

#nowarn "9" // spans over tensors on the CPU, which the garbage collector does not move

open System
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open Microsoft.FSharp.NativeInterop
open TorchSharp

type private T = torch.Tensor

// ---- reading

let inline read (a: T) ([<InlineIfLambda>] f: T -> 'r) : 'r =
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

/// The threads that libtorch shares work among.
let threads () =
    Threading.Apply()
    torch.get_num_threads ()

let showShape (shape: int64[]) = "[" + String.Join("; ", shape) + "]"

let describe (a: T) =
    let name =
        match dtype a with
        | torch.ScalarType.Byte -> "uint8"
        | dtype -> dtype.ToString().ToLowerInvariant()

    $"{showShape (shape a)} {name}"

/// A length or a number of elements as .NET's arrays and indices have them: one beyond 2³¹ - 1 is refused.
let narrow name (a: T) (length: int64) : int =
    if length > int64 Int32.MaxValue then
        raise (
            ArgumentException
                $"{name} cannot be applied to {describe a}: {length} is beyond {Int32.MaxValue}, the most that an array or an index of .NET holds"
        )

    int length

/// The product of the lengths of axes; one beyond 2³¹ - 1 is refused.
let product name (lengths: int seq) : int =
    let product = lengths |> Seq.fold (fun product length -> product * float length) 1.0

    if product > float Int32.MaxValue then
        let lengths = String.Join("; ", lengths)

        raise (
            ArgumentException
                $"{name}: the lengths [{lengths}] multiply to {invariant product}, beyond {Int32.MaxValue}"
        )

    int product

/// The bytes of a tensor on the CPU, from the first to behind the last. The caller sees to it that it is contiguous.
let range (a: T) : struct (nativeint * nativeint) =
    let address (a: T) = Unsafe.ByteOffset(&Unsafe.NullRef<byte>(), &MemoryMarshal.GetReference a.bytes)

    let size = bytes a

    let first =
        if size <= int64 Int32.MaxValue then
            address a
        else
            // TorchSharp shows at most 2 GiB: the first element tells where they begin.
            use flat = a.view -1L
            use one = flat.narrow (0L, 0L, 1L)
            address one

    GC.KeepAlive a
    struct (first, first + nativeint size)

/// The elements of a contiguous tensor on the CPU, in place. The caller keeps the tensor alive while it reads or fills.
/// A tensor of a summary has none.
let span<'a when 'a: struct and 'a: (new: unit -> 'a) and 'a :> ValueType> (a: T) : Span<'a> =
    if Tally.IsBare a then
        Span<'a>.Empty
    elif bytes a <= int64 Int32.MaxValue then
        MemoryMarshal.Cast<byte, 'a> a.bytes
    else
        let struct (first, last) = range a
        let length = int64 (last - first) / int64 sizeof<'a> |> narrow "reading" a
        Span<'a>(NativePtr.toVoidPtr (NativePtr.ofNativeInt<byte> first), length)

// ---- errors

/// What libtorch says went wrong: the first line of its message, without places in its source and names of its own types. The
/// rest is a native stack, so that the message alone goes on, not the exception.
let sentence (error: exn) : string =
    let first = error.Message.Split('\n')[0]

    let line =
        match first.IndexOf("Exception raised from", StringComparison.Ordinal) with
        | -1 -> first
        | place -> first.Substring(0, place)

    // [enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried …
    match line.IndexOf("DefaultCPUAllocator: ", StringComparison.Ordinal) with
    | -1 -> line.Replace("c10::", "").Trim()
    | place -> line.Substring(place + "DefaultCPUAllocator: ".Length).Trim()

/// What to do about a dtype that does not fit.
let castIt = "cast it first, as with Tensor.cast Dtype.Float32"

// How libtorch says that it does not take a dtype, or not these beside each other.
let private ofDtypes =
    [
        "dtype"
        "scalar type"
        "ScalarType"
        "not implemented for '"
        "result type"
        "same type"
        "floating"
        "bool"
    ]

let refuse (name: string) (given: string) (error: exn) : 'a =
    let reason = sentence error
    let isDtype = ofDtypes |> List.exists (fun words -> reason.Contains(words, StringComparison.OrdinalIgnoreCase))
    let advice = if isDtype then "; " + castIt else ""
    raise (ArgumentException $"{name} cannot be applied to {given}: {reason}{advice}")

let refuseAll name (operands: T seq) error : 'a = refuse name (String.Join(" and ", Seq.map describe operands)) error

/// The n-th device of a kind; an ArgumentException if this machine does not have it.
let place (kind: DeviceType) (index: int) : torch.Device =
    try
        torch.device (kind, index)
    with :? InvalidOperationException as error ->
        let name = $"{kind.ToString().ToLowerInvariant()}:{index}"
        raise (ArgumentException($"move: this machine has no device {name}: {sentence error}", "device"))

let inline make name (shape: int64[]) ([<InlineIfLambda>] f: unit -> T) : T =
    try
        f ()
    with :? ExternalException as error ->
        refuse name ("shape " + showShape shape) error

let inline unary name (a: T) ([<InlineIfLambda>] f: T -> 'r) : 'r =
    try
        let operand = Tally.Operand(name, a)
        let result = f operand
        GC.KeepAlive operand
        Tally.Result(name, a, result)
    with :? ExternalException as error ->
        refuseAll name [ a ] error

/// As `unary`, for several results.
let inline several name (a: T) ([<InlineIfLambda>] f: T -> 'r) : 'r =
    try
        let operand = Tally.Operand(name, a)
        let result = f operand
        GC.KeepAlive operand
        Tally.Result(name, a, result)
    with :? ExternalException as error ->
        refuseAll name [ a ] error

let inline binary name (a: T) (b: T) ([<InlineIfLambda>] f: T -> T -> T) : T =
    try
        let left, right = Tally.Operand(name, a, b), Tally.Operand(name, b, a)
        let result = f left right
        GC.KeepAlive left
        GC.KeepAlive right
        Tally.Result(name, a, b, result)
    with :? ExternalException as error ->
        refuseAll name [ a; b ] error

let inline many name (operands: T[]) ([<InlineIfLambda>] f: T[] -> T) : T =
    try
        let ready = Tally.Operands(name, operands)
        let result = f ready

        for operand in ready do
            GC.KeepAlive operand

        GC.KeepAlive ready
        Tally.Result(name, operands, result)
    with :? ExternalException as error ->
        refuseAll name operands error

let inline withScalar (value: float) ([<InlineIfLambda>] f: Scalar -> T) : T =
    use scalar = value.ToScalar()
    let result = f scalar
    GC.KeepAlive scalar
    result

let inline withWhole (value: int64) ([<InlineIfLambda>] f: Scalar -> T) : T =
    use scalar = value.ToScalar()
    let result = f scalar
    GC.KeepAlive scalar
    result

let inline scaled name (a: T) (value: float) ([<InlineIfLambda>] f: T -> Scalar -> T) : T =
    unary name a (fun a -> withScalar value (fun s -> f a s))

/// As `scaled`, for a whole number: beside whole numbers the result stays whole.
let inline counted name (a: T) (value: int64) ([<InlineIfLambda>] f: T -> Scalar -> T) : T =
    unary name a (fun a -> withWhole value (fun s -> f a s))

// Never freed: scalars that every addition and every square pass. Whole, so that whole numbers take them too.
let one = lazy ((1).ToScalar())
let two = lazy ((2).ToScalar())

// TorchSharp ends the process, or derivatives have no meaning, where these get whole numbers.
let isFloating a =
    match dtype a with
    | torch.ScalarType.Float32
    | torch.ScalarType.Float64
    | torch.ScalarType.Float16
    | torch.ScalarType.BFloat16 -> true
    | _ -> false

let requireFloating name a =
    if not (isFloating a) then
        raise (
            ArgumentException
                $"{name} is defined for floating-point numbers, but was given {describe a}; cast it first, as with Tensor.cast Dtype.Float32"
        )

/// The smallest and the largest number of a dtype of whole numbers; of truth values 0 and 1.
let bounds (dtype: torch.ScalarType) : struct (int64 * int64) voption =
    match dtype with
    | torch.ScalarType.Bool -> ValueSome(struct (0L, 1L))
    | torch.ScalarType.Byte -> ValueSome(struct (0L, 255L))
    | torch.ScalarType.Int8 -> ValueSome(struct (-128L, 127L))
    | torch.ScalarType.Int16 -> ValueSome(struct (-32768L, 32767L))
    | torch.ScalarType.Int32 -> ValueSome(struct (int64 Int32.MinValue, int64 Int32.MaxValue))
    | torch.ScalarType.Int64 -> ValueSome(struct (Int64.MinValue, Int64.MaxValue))
    | _ -> ValueNone

/// A whole number that is to be computed with beside whole numbers must be one of their dtype: libtorch would wrap it.
let requireWhole name (value: int64) (a: T) =
    // Every dtype of numbers holds those from 0 to 127.
    if value < 0L || value > 127L then
        match bounds (dtype a) with
        | ValueSome(struct (low, high)) when dtype a <> torch.ScalarType.Bool && (value < low || value > high) ->
            raise (
                ArgumentException
                    $"{name} cannot be applied to {describe a} and {value}: its numbers go from {low} to {high}; cast it first, as with Tensor.cast Dtype.Int64"
            )
        | _ -> ()

/// f of a constant of the same numbers that lies in order on the CPU; of the tensor itself where it is one.
let inline inOrder (a: T) ([<InlineIfLambda>] f: T -> 'r) : 'r =
    if isOnCpu a && isContiguous a then
        let result = f a
        GC.KeepAlive a
        result
    else
        use detached = a.detach ()
        use here = detached.cpu ()
        use flat = here.contiguous ()
        let result = f flat
        GC.KeepAlive flat
        GC.KeepAlive a
        result

/// Whether a predicate holds for every number, read in managed code: for few numbers much quicker than an operation. A tensor of a
/// summary has no numbers.
let inline forAll ([<InlineIfLambda>] holds: float -> bool) (a: T) : bool =
    Tally.IsBare a
    || inOrder a (fun flat ->
        let mutable good = true
        let mutable i = 0

        match flat.dtype with
        | torch.ScalarType.Float32 ->
            let numbers = span<float32> flat

            while good && i < numbers.Length do
                good <- holds (float numbers[i])
                i <- i + 1
        | torch.ScalarType.Int64 ->
            let numbers = span<int64> flat

            while good && i < numbers.Length do
                good <- holds (float numbers[i])
                i <- i + 1
        | _ ->
            use constant = flat.detach ()
            use wide = constant.to_type torch.ScalarType.Float64
            let numbers = span<float> wide

            while good && i < numbers.Length do
                good <- holds numbers[i]
                i <- i + 1

            GC.KeepAlive wide

        good)

/// Whether a mask holds anywhere; that of a summary does not.
let exists (mask: T) : bool =
    not (Tally.IsBare mask)
    && (use any = mask.any ()
        let found = any.ToBoolean()
        GC.KeepAlive mask
        found)

/// An axis counted from the front; one that the tensor does not have is refused.
let axisOf name (axis: int) a =
    let rank = rank a

    if axis < -rank || axis >= rank then
        raise (ArgumentException $"{name} cannot be applied to {describe a}: it has no axis {axis}")

    if axis < 0 then axis + rank else axis
