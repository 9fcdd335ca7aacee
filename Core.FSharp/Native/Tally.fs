namespace Functional.FSharp

open System
open System.Collections.Generic
open TorchSharp

/// What one number of a tensor sees of an axis of the input: so many cells, the first number's from `Start` on; the next
/// number's begin `Stride` cells further.
[<Struct>]
type internal Sight = { Cells: int64; Stride: int64; Start: int64 }

/// Counts what the operations of its thread would compute while a summary is made, and has them compute nothing: tensors are
/// on libtorch's device `meta`, which have a shape and no numbers. An operation that libtorch does not have there runs on
/// zeros without memory of their own (strides 0), so that none is refused and none ends the process.
[<Sealed>]
type internal Tally private () =

    [<ThreadStatic; DefaultValue>]
    static val mutable private current: Tally | null

    // What computes on `meta` itself. All else runs on zeros.
    static let direct =
        HashSet(
            "add sub mul div neg pow power square sqrt rsqrt exp exp2 expm1 log log1p log2 abs sign reciprocal tanh sigmoid \
             relu leakyRelu elu silu sin cos clamp clampMin clampMax maximum minimum floor ceil round remainder erf erfc erfinv \
             where maskedFill eq ne lt le gt ge matmul dense outer sum mean softmax logsoftmax cumsum zerosLike onesLike \
             fullLike clone contiguous cast stopGradient grad cat stack reshape transpose permute expand squeeze unsqueeze \
             slice select diagonal pad tril triu gather qr svd maxpool1d maxpool2d avgpool1d avgpool2d avgpool3d"
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        )

    // What carries numbers from cell to cell where shapes alone do not show it.
    static let mixing =
        HashSet(
            "matmul dense einsum flip roll sort argsort cumsum cumprod cummax cummin gather indexSelect scatter scatterAdd \
             indexAdd fft ifft rfft irfft kron tril triu diag"
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        )

    // What zeros are no operand of: the identity is.
    static let inverting = HashSet [ "inv"; "solve"; "triangularSolve"; "cholesky" ]

    static let swapping = HashSet [ "transpose"; "permute" ]
    static let device = lazy (torch.device DeviceType.META)

    static let word (name: string) =
        match name.IndexOf ' ' with
        | -1 -> name
        | space -> name.Substring(0, space)

    static let shapeOf (a: torch.Tensor) =
        let shape = Array.init (int a.ndim) (fun axis -> a.size axis)
        GC.KeepAlive a
        shape

    static let isMeta (a: torch.Tensor) =
        let found = a.device_type = DeviceType.META
        GC.KeepAlive a
        found

    static let bare (a: torch.Tensor) =
        let bare = if isMeta a then a else a.``to`` device.Value
        GC.KeepAlive a
        bare

    // Zeros of the shape that share one number: no memory, and 0 is a good index. Square matrices to be inverted share one, too.
    static let ghost name (a: torch.Tensor) =
        let shape = shapeOf a
        let rank = shape.Length

        use few =
            if inverting.Contains name && rank > 1 && shape[rank - 1] = shape[rank - 2] then
                torch.eye (shape[rank - 1], shape[rank - 1], Nullable a.dtype)
            else
                torch.zeros ([||], Nullable a.dtype)

        let ghost = few.expand shape
        GC.KeepAlive few
        GC.KeepAlive a
        ghost

    let sights = Dictionary<torch.Tensor, Sight[]>(HashIdentity.Reference)

    let cells (a: torch.Tensor) =
        let shape = shapeOf a
        if shape.Length < 3 then [||] else shape[2..]

    static let union (a: Sight[]) (b: Sight[]) =
        if Array.forall2 (fun a b -> a.Stride = b.Stride) a b then
            (a, b)
            ||> Array.map2 (fun a b ->
                let start = min a.Start b.Start
                let stop = max (a.Start + a.Cells) (b.Start + b.Cells)

                { Cells = stop - start; Stride = a.Stride; Start = start })
            |> Some
        else
            None

    /// The tally of the summary that is being made on this thread, if one is.
    static member Current: Tally | null = Tally.current

    /// Runs f with a tally of its own.
    static member Run(f: Tally -> 'r) : 'r =
        let outside = Tally.current
        let tally = Tally()
        Tally.current <- tally

        try
            f tally
        finally
            Tally.current <- outside

    /// Where new tensors are made: without memory while a summary is made, else on the processor.
    static member Device: torch.Device | null = if isNull Tally.current then null else device.Value

    /// Whether a tensor has no numbers.
    static member IsBare(a: torch.Tensor) = not (isNull Tally.current) && isMeta a

    /// A multiplication and an addition so many times.
    member val MultiplyAdds = 0L with get, set

    /// How often numbers were carried from cell to cell.
    member val Mixed = 0 with get, set

    static member Multiplied(count: int64) =
        match Tally.current with
        | null -> ()
        | tally -> tally.MultiplyAdds <- tally.MultiplyAdds + count

    // ---- operands on their way in, results on their way out

    member private _.Ready (name: string) (operands: torch.Tensor[]) (a: torch.Tensor) : torch.Tensor =
        if not (Array.exists isMeta operands) then a
        elif direct.Contains name || name.StartsWith "einsum" then bare a
        elif isMeta a then ghost name a
        else a

    static member Operand(name, a: torch.Tensor) =
        match Tally.current with
        | null -> a
        | tally -> tally.Ready name [| a |] a

    static member Operand(name, a: torch.Tensor, beside: torch.Tensor) =
        match Tally.current with
        | null -> a
        | tally -> tally.Ready name [| a; beside |] a

    static member Operands(name, operands: torch.Tensor[]) =
        match Tally.current with
        | null -> operands
        | tally -> operands |> Array.map (tally.Ready name operands)

    member private tally.Flow (name: string) (operands: torch.Tensor[]) (result: torch.Tensor) =
        let name = word name
        let own = cells result

        if mixing.Contains name then
            tally.Mixed <- tally.Mixed + 1
        elif own.Length > 0 && not (swapping.Contains name) then
            let seen =
                operands
                |> Array.choose (fun operand -> if cells operand = own then tally.TrySight operand else None)

            if seen.Length > 0 then
                (Some seen[0], seen[1..])
                ||> Array.fold (fun all sight -> all |> Option.bind (union sight))
                |> Option.iter (fun sight -> tally.See(result, sight))

    member private tally.Settled<'r> (name: string) (operands: torch.Tensor[]) (result: 'r) : 'r =
        if not (Array.exists isMeta operands) then
            result
        else
            let settle (result: torch.Tensor) =
                let settled = bare result
                tally.Flow name operands settled
                settled

            match box result with
            | :? torch.Tensor as one -> unbox (box (settle one))
            | :? struct (torch.Tensor * torch.Tensor) as two ->
                let struct (a, b) = two
                unbox (box (struct (settle a, settle b)))
            | :? struct (torch.Tensor * torch.Tensor * torch.Tensor) as three ->
                let struct (a, b, c) = three
                unbox (box (struct (settle a, settle b, settle c)))
            | _ -> result

    static member Result(name, a: torch.Tensor, result: 'r) : 'r =
        match Tally.current with
        | null -> result
        | tally -> tally.Settled name [| a |] result

    static member Result(name, a: torch.Tensor, b: torch.Tensor, result: 'r) : 'r =
        match Tally.current with
        | null -> result
        | tally -> tally.Settled name [| a; b |] result

    static member Result(name, operands: torch.Tensor[], result: 'r) : 'r =
        match Tally.current with
        | null -> result
        | tally -> tally.Settled name operands result

    // ---- receptive fields

    /// What the numbers of a tensor see of the input, axis by axis, where that is known.
    member _.TrySight(a: torch.Tensor) : Sight[] option =
        match sights.TryGetValue a with
        | true, sight -> Some sight
        | _ -> None

    member _.See(a: torch.Tensor, sight: Sight[]) = sights[a] <- sight

    /// The input itself: each number sees its own cell.
    member tally.SeeItself(a: torch.Tensor) =
        let axes = (cells a).Length

        if axes > 0 then
            tally.See(a, Array.create axes { Cells = 1L; Stride = 1L; Start = 0L })

    /// y looks at x through windows: of so many cells, every so many, from so many before the first, so far apart
    /// (Araujo, Norris and Sim 2019, https://doi.org/10.23915/distill.00021).
    static member Slid
        (x: torch.Tensor, y: torch.Tensor, kernel: int64[], stride: int64[], before: int64[], dilation: int64[])
        =
        match Tally.current with
        | null -> ()
        | tally ->
            tally.Mixed <- tally.Mixed + 1

            tally.TrySight x
            |> Option.iter (fun sight ->
                tally.See(
                    y,
                    sight
                    |> Array.mapi (fun axis sight ->
                        {
                            Cells = sight.Cells + (kernel[axis] - 1L) * dilation[axis] * sight.Stride
                            Stride = sight.Stride * stride[axis]
                            Start = sight.Start - before[axis] * sight.Stride
                        })
                ))

    /// y is x with so many more cells before each spatial axis, or, negative, fewer.
    static member Shifted(x: torch.Tensor, y: torch.Tensor, before: int64[]) =
        let ones = Array.create before.Length 1L
        Tally.Slid(x, y, ones, ones, before, ones)
