namespace Functional

open System
open System.Diagnostics
open System.Runtime.InteropServices
open System.Threading
open TorchSharp
open Functional.FSharp

/// An immutable array of numbers on a device. Every operation returns a new tensor; freeing is the library's business.
/// Equal are tensors of one dtype and shape with the same numbers; NaN is equal to NaN here and 0 to -0, and where the numbers
/// are does not matter. Single numbers are ordered, of any dtype, NaN first; of others `<` is refused with an ArgumentException.
[<Sealed>]
[<DebuggerDisplay("{ToString(),nq}"); DebuggerTypeProxy("Functional.FSharp.TensorView, Functional.Core")>]
type Tensor internal (raw: torch.Tensor) =

    let mutable owner: Frame | null = null
    let mutable ballast: Ballast | null = null
    let mutable isFreed = false
    let mutable isShared = false

    // Whether it may still be used. A native call of another thread may be at work on a tensor when its scope ends, so a tensor
    // that another thread has asked for is left to the garbage collector, which waits for all who hold it. Of this thread
    // and the one that ends the scope, at least one sees what the other has written (docs/decisions/0030-exit.md).
    member private _.TryUse() : bool =
        match Volatile.Read &owner with
        | null -> ()
        | frame ->
            if not (isShared || frame.IsHere) then
                isShared <- true
                Interlocked.MemoryBarrier()

        not (Volatile.Read &isFreed || raw.IsInvalid)

    // The leaf that stands for this tensor in the outermost derivative, where a training burst has made one for all its steps.
    member val internal Variable: Tensor | null = null with get, set

    member internal _.Owner
        with get () = owner
        and set (frame: Frame | null) = owner <- frame

    /// The native tensor; an error if its step is over.
    member internal tensor.Raw: torch.Tensor =
        Threading.Apply()

        if not (tensor.TryUse()) then
            raise (
                ObjectDisposedException(
                    nameof Tensor,
                    "This tensor was made inside a step or a scope that has ended, and was freed with it. "
                    + "Return it from the scope, or hold it with Tensor.keep (Keep in C#) before the scope ends."
                )
            )

        raw

    /// Whether its step is over.
    member internal _.IsFreed = isFreed || raw.IsInvalid

    member internal _.Declare() =
        if isNull ballast then
            ballast <- Ballast(Native.bytes raw + 512L)

    member internal tensor.DropVariable() =
        match tensor.Variable with
        | null -> ()
        | variable ->
            variable.Free()
            tensor.Variable <- null

    // The end of a tensor in two steps, with a full fence between them.
    member internal tensor.Retire() : unit =
        tensor.DropVariable()
        isFreed <- true

    member internal tensor.Dispose() : unit =
        if isShared then
            if not raw.IsInvalid then
                tensor.Declare()
        else
            match ballast with
            | null -> ()
            | declared ->
                declared.Drop()
                ballast <- null

            raw.Dispose()

        Volatile.Write(&owner, null)

    member internal tensor.Free() : unit =
        tensor.Retire()
        Interlocked.MemoryBarrier()
        tensor.Dispose()

    /// Hands a tensor that was kept aside to the running scope, or to the garbage collector.
    member internal tensor.HandOut() =
        match (Frame.Current: Frame | null) with
        | null ->
            owner <- null
            tensor.Declare()
        | frame -> frame.Own tensor

    /// A tensor made by the library: it belongs to the running scope, or to the garbage collector, told of its size.
    static member internal Of(raw: torch.Tensor) =
        let tensor = Tensor raw

        match (Frame.Current: Frame | null) with
        | null ->
            Exit.Use()
            tensor.Declare()
        | frame -> frame.Own tensor

        tensor

    /// The length of each axis; an ArgumentException where one is beyond 2³¹ - 1.
    member tensor.Shape: int[] = Native.shape tensor.Raw |> Array.map (Native.narrow "Shape" tensor.Raw)

    /// The number of axes.
    member tensor.Rank: int = Native.rank tensor.Raw

    /// The number of elements.
    member tensor.Count: int64 = Native.count tensor.Raw

    /// The type of the elements.
    member tensor.Dtype: Dtype = enum (int (sbyte (Native.dtype tensor.Raw)))

    /// Where the numbers are.
    member tensor.Device: Device =
        let device: torch.Device = Native.device tensor.Raw
        { Kind = device.``type``; Index = device.index }

    /// Dtype and shape, such as "Tensor float32 [64; 10]".
    override tensor.ToString() =
        if tensor.TryUse() then
            $"Tensor {tensor.Dtype.ToString().ToLowerInvariant()} {Native.showShape (Native.shape raw)}"
        else
            "Tensor (freed)"

    /// A tensor of zeros of this shape, float32.
    static member Zeros([<ParamArray>] shape: int[]) =
        Loader.ensure ()
        Tensor.Of(Ops.zeros (Array.map int64 shape) torch.ScalarType.Float32)

    /// A tensor of ones of this shape, float32.
    static member Ones([<ParamArray>] shape: int[]) =
        Loader.ensure ()
        Tensor.Of(Ops.ones (Array.map int64 shape) torch.ScalarType.Float32)

    // An operand, which C# may have given as null.
    static member private Operand(name: string, operand: Tensor) : torch.Tensor = (Given.required name operand).Raw

    // A number as the left operand of b: it takes the dtype of b, or float32 beside whole numbers.
    static member private Beside(number: float, b: Tensor) =
        let raw = Tensor.Operand(nameof b, b)
        let dtype = if Native.isFloating raw then Native.dtype raw else torch.ScalarType.Float32
        Tensor.Of(Ops.full [||] number dtype)

    // A whole number as the left operand of b: it takes the dtype of b, or int64 beside truth values.
    static member private Beside(number: int, b: Tensor) =
        let raw = Tensor.Operand(nameof b, b)
        Native.requireWhole "an operator" (int64 number) raw
        let dtype = if b.Dtype = Dtype.Bool then torch.ScalarType.Int64 else Native.dtype raw
        Tensor.Of(Ops.full [||] (float number) dtype)

    /// The sum of each pair of elements; shapes broadcast.
    static member (+)(a: Tensor, b: Tensor) =
        Tensor.Of(Ops.add (Tensor.Operand(nameof a, a)) (Tensor.Operand(nameof b, b)))

    /// The difference of each pair of elements; shapes broadcast.
    static member (-)(a: Tensor, b: Tensor) =
        Tensor.Of(Ops.sub (Tensor.Operand(nameof a, a)) (Tensor.Operand(nameof b, b)))

    /// The product of each pair of elements; shapes broadcast.
    static member (*)(a: Tensor, b: Tensor) =
        Tensor.Of(Ops.mul (Tensor.Operand(nameof a, a)) (Tensor.Operand(nameof b, b)))

    /// The quotient of each pair of elements, of whole numbers float32; shapes broadcast.
    static member (/)(a: Tensor, b: Tensor) =
        Tensor.Of(Ops.div (Tensor.Operand(nameof a, a)) (Tensor.Operand(nameof b, b)))

    /// a - b·⌊a/b⌋ of each pair of elements, which has the sign of b; shapes broadcast.
    static member (%)(a: Tensor, b: Tensor) =
        Tensor.Of(Ops.remainder (Tensor.Operand(nameof a, a)) (Tensor.Operand(nameof b, b)))

    /// aᵇ of each pair of elements; shapes broadcast. F#'s operator ** is this member.
    static member Pow(a: Tensor, b: Tensor) =
        Tensor.Of(Ops.power (Tensor.Operand(nameof a, a)) (Tensor.Operand(nameof b, b)))

    /// Each element plus a number.
    static member (+)(a: Tensor, b: float) = Tensor.Of(Ops.addScalar (Tensor.Operand(nameof a, a)) b)
    /// Each element minus a number.
    static member (-)(a: Tensor, b: float) = Tensor.Of(Ops.addScalar (Tensor.Operand(nameof a, a)) -b)
    /// Each element times a number.
    static member (*)(a: Tensor, b: float) = Tensor.Of(Ops.mulScalar (Tensor.Operand(nameof a, a)) b)
    /// Each element divided by a number.
    static member (/)(a: Tensor, b: float) = Tensor.Of(Ops.divScalar (Tensor.Operand(nameof a, a)) b)
    /// a - b·⌊a/b⌋ of each element, which has the sign of b.
    static member (%)(a: Tensor, b: float) = Tensor.Of(Ops.remainderScalar (Tensor.Operand(nameof a, a)) b)
    /// aᵇ of each element.
    static member Pow(a: Tensor, b: float) = Tensor.Of(Ops.powScalar (Tensor.Operand(nameof a, a)) b)
    /// A number plus each element.
    static member (+)(a: float, b: Tensor) = b + a
    /// A number minus each element.
    static member (-)(a: float, b: Tensor) = Tensor.Beside(a, b) - b
    /// A number times each element.
    static member (*)(a: float, b: Tensor) = b * a
    /// A number divided by each element.
    static member (/)(a: float, b: Tensor) = Tensor.Beside(a, b) / b
    /// a - b·⌊a/b⌋ with each element as b.
    static member (%)(a: float, b: Tensor) = Tensor.Beside(a, b) % b
    /// aᵇ with each element as exponent. F#'s operator ** gives the type of its left operand, so there it is Tensor.powOf.
    static member Pow(a: float, b: Tensor) = Tensor.Pow(Tensor.Beside(a, b), b)
    /// Each element plus a whole number; whole numbers stay whole.
    static member (+)(a: Tensor, b: int) = Tensor.Of(Ops.addWhole (Tensor.Operand(nameof a, a)) b)
    /// Each element minus a whole number; whole numbers stay whole.
    static member (-)(a: Tensor, b: int) = Tensor.Of(Ops.subWhole (Tensor.Operand(nameof a, a)) b)
    /// Each element times a whole number; whole numbers stay whole.
    static member (*)(a: Tensor, b: int) = Tensor.Of(Ops.mulWhole (Tensor.Operand(nameof a, a)) b)
    /// Each element divided by a whole number; of whole numbers float32.
    static member (/)(a: Tensor, b: int) = Tensor.Of(Ops.divScalar (Tensor.Operand(nameof a, a)) (float b))
    /// a - b·⌊a/b⌋ of each element, which has the sign of b; whole numbers stay whole.
    static member (%)(a: Tensor, b: int) = Tensor.Of(Ops.remainderWhole (Tensor.Operand(nameof a, a)) b)
    /// aᵇ of each element; whole numbers stay whole, and take no negative exponent.
    static member Pow(a: Tensor, b: int) = Tensor.Of(Ops.powWhole (Tensor.Operand(nameof a, a)) b)
    /// A whole number plus each element; whole numbers stay whole.
    static member (+)(a: int, b: Tensor) = b + a
    /// A whole number minus each element; whole numbers stay whole.
    static member (-)(a: int, b: Tensor) = Tensor.Beside(a, b) - b
    /// A whole number times each element; whole numbers stay whole.
    static member (*)(a: int, b: Tensor) = b * a
    /// A whole number divided by each element; of whole numbers float32.
    static member (/)(a: int, b: Tensor) = float a / b
    /// a - b·⌊a/b⌋ with each element as b; whole numbers stay whole.
    static member (%)(a: int, b: Tensor) = Tensor.Beside(a, b) % b
    /// aᵇ with each element as exponent; whole numbers stay whole.
    static member Pow(a: int, b: Tensor) = Tensor.Pow(Tensor.Beside(a, b), b)

    /// Each element with its sign changed.
    static member (~-)(a: Tensor) = Tensor.Of(Ops.neg (Tensor.Operand(nameof a, a)))
    /// The tensor itself: F#'s operator + before one operand.
    static member (~+)(a: Tensor) : Tensor = a

    // ---- what F#'s own functions call

    /// 0 without axes, int64, which leaves the dtype of floating-point tensors as it is: for F#'s `List.sum`.
    static member Zero: Tensor =
        Loader.ensure ()
        Tensor.Of(Ops.zeros [||] torch.ScalarType.Int64)

    /// 1 without axes, int64, which leaves the dtype of floating-point tensors as it is: for F#'s `pown`.
    static member One: Tensor =
        Loader.ensure ()
        Tensor.Of(Ops.ones [||] torch.ScalarType.Int64)

    /// Each element divided by a whole number: for F#'s `List.average`.
    static member DivideByInt(a: Tensor, count: int) : Tensor = a / count

    /// F#'s `abs`; see Tensor.abs.
    static member Abs(x: Tensor) = Tensor.Of(Ops.abs (Tensor.Operand(nameof x, x)))
    /// F#'s `exp`; see Tensor.exp.
    static member Exp(x: Tensor) = Tensor.Of(Ops.exp (Tensor.Operand(nameof x, x)))
    /// F#'s `log`; see Tensor.log.
    static member Log(x: Tensor) = Tensor.Of(Ops.log (Tensor.Operand(nameof x, x)))
    /// F#'s `log10`; see Tensor.log10.
    static member Log10(x: Tensor) = Tensor.Of(Ops.log10 (Tensor.Operand(nameof x, x)))
    /// F#'s `sqrt`; see Tensor.sqrt.
    static member Sqrt(x: Tensor) = Tensor.Of(Ops.sqrt (Tensor.Operand(nameof x, x)))
    /// F#'s `sin`; see Tensor.sin.
    static member Sin(x: Tensor) = Tensor.Of(Ops.sin (Tensor.Operand(nameof x, x)))
    /// F#'s `cos`; see Tensor.cos.
    static member Cos(x: Tensor) = Tensor.Of(Ops.cos (Tensor.Operand(nameof x, x)))
    /// F#'s `tan`; see Tensor.tan.
    static member Tan(x: Tensor) = Tensor.Of(Ops.tan (Tensor.Operand(nameof x, x)))
    /// F#'s `asin`; see Tensor.asin.
    static member Asin(x: Tensor) = Tensor.Of(Ops.asin (Tensor.Operand(nameof x, x)))
    /// F#'s `acos`; see Tensor.acos.
    static member Acos(x: Tensor) = Tensor.Of(Ops.acos (Tensor.Operand(nameof x, x)))
    /// F#'s `atan`; see Tensor.atan.
    static member Atan(x: Tensor) = Tensor.Of(Ops.atan (Tensor.Operand(nameof x, x)))

    /// F#'s `atan2`; see Tensor.atan2.
    static member Atan2(y: Tensor, x: Tensor) =
        Tensor.Of(Ops.atan2 (Tensor.Operand(nameof y, y)) (Tensor.Operand(nameof x, x)))

    /// F#'s `sinh`; see Tensor.sinh.
    static member Sinh(x: Tensor) = Tensor.Of(Ops.sinh (Tensor.Operand(nameof x, x)))
    /// F#'s `cosh`; see Tensor.cosh.
    static member Cosh(x: Tensor) = Tensor.Of(Ops.cosh (Tensor.Operand(nameof x, x)))
    /// F#'s `tanh`; see Tensor.tanh.
    static member Tanh(x: Tensor) = Tensor.Of(Ops.tanh (Tensor.Operand(nameof x, x)))
    /// F#'s `floor`; see Tensor.floor.
    static member Floor(x: Tensor) = Tensor.Of(Ops.floor (Tensor.Operand(nameof x, x)))
    /// F#'s `ceil`; see Tensor.ceil.
    static member Ceiling(x: Tensor) = Tensor.Of(Ops.ceil (Tensor.Operand(nameof x, x)))
    /// F#'s `round`; see Tensor.round.
    static member Round(x: Tensor) = Tensor.Of(Ops.round (Tensor.Operand(nameof x, x)))
    /// F#'s `truncate`; see Tensor.trunc.
    static member Truncate(x: Tensor) = Tensor.Of(Ops.trunc (Tensor.Operand(nameof x, x)))

    /// The sign of the single element, -1, 0 or 1, for F#'s `sign`; Tensor.sign takes that of each element.
    [<ComponentModel.EditorBrowsable(ComponentModel.EditorBrowsableState.Never)>]
    member x.Sign: int =
        let value = Ops.number "sign" x.Raw

        if Double.IsNaN value then
            raise (ArgumentException "sign: NaN has no sign")

        sign value

    /// The single element of a tensor; an ArgumentException where there are several.
    static member op_Explicit(x: Tensor) : float = Ops.number "float" (Tensor.Operand(nameof x, x))
    /// The single element of a tensor as float32; an ArgumentException where there are several.
    static member op_Explicit(x: Tensor) : float32 = float32 (Ops.number "float32" (Tensor.Operand(nameof x, x)))

    /// The single element of a tensor without what follows the point; an ArgumentException where there are several, or it does
    /// not fit.
    static member op_Explicit(x: Tensor) : int = Ops.whole32 "int" (Tensor.Operand(nameof x, x))

    /// The single element of a tensor without what follows the point; an ArgumentException where there are several, or it does
    /// not fit.
    static member op_Explicit(x: Tensor) : int64 = Ops.whole "int64" (Tensor.Operand(nameof x, x))

    // ---- equality and order

    /// Whether both have one dtype, one shape and the same numbers; NaN is equal to NaN, and 0 to -0.
    member x.Equals(other: Tensor | null) : bool =
        match other with
        | null -> false
        | other -> obj.ReferenceEquals(x, other) || Ops.same x.Raw other.Raw

    override x.Equals(other: obj | null) =
        match other with
        | :? Tensor as other -> x.Equals other
        | _ -> false

    /// A hash of dtype, shape and numbers.
    override x.GetHashCode() = Ops.hash x.Raw

    /// Whether both are equal, as Equals says: C#'s operator ==.
    static member op_Equality(a: Tensor | null, b: Tensor | null) : bool =
        match a with
        | null -> isNull b
        | a -> a.Equals b

    /// Whether both are not equal, as Equals says: C#'s operator !=.
    static member op_Inequality(a: Tensor | null, b: Tensor | null) : bool = not (Tensor.op_Equality (a, b))

    /// The order of two single numbers, of any dtype: NaN comes first and equals itself. ArgumentException for others.
    member x.CompareTo(other: Tensor | null) : int =
        match other with
        | null -> 1
        | other -> Ops.order x.Raw other.Raw

    interface IEquatable<Tensor> with
        member x.Equals other = x.Equals other

    interface IComparable<Tensor> with
        member x.CompareTo other = x.CompareTo other

    interface IComparable with
        member x.CompareTo other =
            match other with
            | null -> 1
            | :? Tensor as other -> x.CompareTo other
            | other ->
                invalidArg (nameof other) $"a tensor is compared with a tensor, not with a {other.GetType().Name}"

    /// A part of the tensor: one position or range for each leading axis, as in x[1.., 0].
    member tensor.Item
        with get ([<ParamArray>] axes: Slice[]): Tensor =
            if (Given.required (nameof axes) axes).Length > tensor.Rank then
                invalidArg
                    (nameof axes)
                    $"{axes.Length} indices were given for a tensor of shape {Native.showShape (Native.shape tensor.Raw)}"

            let shape = Native.shape tensor.Raw
            let mutable view = tensor
            let mutable axis = 0L

            for place, slice in Array.indexed axes do
                let slice = Slice.Within "an index" shape place slice

                if slice.Single then
                    view <- Tensor.Of(Ops.select axis slice.First view.Raw)
                else
                    view <- Tensor.Of(Ops.slice axis slice.First slice.Last slice.Step view.Raw)
                    axis <- axis + 1L

            view

/// What a scope owns: the tensors made while it runs on this thread.
and [<Sealed>] internal Frame(parent: Frame | null) =

    let owned = ResizeArray<Tensor>()
    let mutable thread: Thread | null = Thread.CurrentThread

    [<ThreadStatic; DefaultValue>]
    static val mutable private current: Frame | null

    static member Current: Frame | null = Frame.current

    /// Whether this thread is the one that frees what it owns.
    member _.IsHere = obj.ReferenceEquals(thread, Thread.CurrentThread)

    member frame.Own(tensor: Tensor) =
        tensor.Owner <- frame
        owned.Add tensor

    static member Open() =
        Exit.Use()
        let frame = Frame(Frame.current)
        Frame.current <- frame
        frame

    /// Frees what this frame still owns.
    member frame.Drop() =
        for tensor in owned do
            if obj.ReferenceEquals(tensor.Owner, frame) then
                tensor.Retire()

        Interlocked.MemoryBarrier()

        for tensor in owned do
            if obj.ReferenceEquals(tensor.Owner, frame) then
                tensor.Dispose()

    /// Ends the scope: what it still owns is freed.
    member frame.Close() =
        Frame.current <- parent
        frame.Drop()

    /// Ends the scope on this thread and frees nothing: another thread calls Adopt or Drop.
    member _.Leave() =
        thread <- null
        Frame.current <- parent

    /// Hands all that this frame still owns to the scope that runs on the calling thread, or to the garbage collector.
    member frame.Adopt() =
        for tensor in owned do
            if obj.ReferenceEquals(tensor.Owner, frame) then
                tensor.HandOut()

    /// Hands a tensor of this frame to the one outside, or to the garbage collector.
    member frame.Release(tensor: Tensor) =
        if obj.ReferenceEquals(tensor.Owner, frame) then
            match parent with
            | null ->
                tensor.Owner <- null
                tensor.Declare()
            | outer -> outer.Own tensor
