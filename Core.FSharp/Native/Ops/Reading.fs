namespace Functional.FSharp

open System
open TorchSharp
open Functional.FSharp.Native

/// The numbers of whole tensors and of single elements.
[<AutoOpen>]
module internal ReadingOps =

    type private T = torch.Tensor

    [<RequireQualifiedAccess>]
    module Ops =

        /// The elements as another type, in order, on the processor.
        let numbers<'a when 'a: struct and 'a: (new: unit -> 'a) and 'a :> ValueType>
            (dtype: torch.ScalarType)
            (a: T)
            : 'a[] =
            narrow "reading" a (count a) |> ignore
            use detached = Ops.detach a
            use here = Ops.cpu detached
            use typed = Ops.cast dtype here
            use flat = Ops.contiguous typed
            let result = (span<'a> flat).ToArray()
            GC.KeepAlive flat
            result

        /// The bytes of the elements, in order, on the processor.
        let bytes (a: T) : byte[] =
            narrow "reading" a (Native.bytes a) |> ignore
            use detached = Ops.detach a
            use here = Ops.cpu detached
            use flat = Ops.contiguous here
            let result = flat.bytes.ToArray()
            GC.KeepAlive flat
            result

        // What is read of a tensor in pieces of at most 256 MB of float64, position by position of the leading axes.
        let rec private pieces (read: T -> 'r) (a: T) : 'r seq =
            if count a <= (1L <<< 25) || rank a = 0 then
                Seq.delay (fun () -> Seq.singleton (read a))
            else
                seq {
                    for i in 0L .. size a 0 - 1L do
                        use part = unary "select" a (fun a -> a.select (0L, i))
                        yield! pieces read part
                }

        let private requireSingle name (a: T) =
            if count a <> 1L then
                raise (
                    ArgumentException($"{name} reads one element, but the tensor has shape {showShape (shape a)}", "x")
                )

        /// The single element of a tensor as float64.
        let number name (a: T) : float =
            requireSingle name a
            (numbers<float> torch.ScalarType.Float64 a)[0]

        /// The single element of a tensor without what follows the point; refused where it does not fit into 64 bits.
        let whole name (a: T) : int64 =
            requireSingle name a

            if isFloating a then
                let value = truncate (number name a)

                if not (value >= -9223372036854775808.0 && value < 9223372036854775808.0) then
                    raise (
                        ArgumentException
                            $"{name} cannot be applied to {describe a}: {invariant value} is no whole number"
                    )

                int64 value
            else
                (numbers<int64> torch.ScalarType.Int64 a)[0]

        /// As `whole`, of 32 bits.
        let whole32 name (a: T) : int =
            let value = whole name a

            if value < int64 Int32.MinValue || value > int64 Int32.MaxValue then
                raise (ArgumentException $"{name} cannot be applied to {describe a}: {value} is beyond 32 bits")

            int value

        /// Whether both have one dtype, one shape and the same bits.
        let sameBits (a: T) (b: T) : bool =
            dtype a = dtype b
            && sameShape a b
            && Seq.forall2 (fun (x: byte[]) (y: byte[]) -> x.AsSpan().SequenceEqual y) (pieces bytes a) (pieces bytes b)

        let private doubles (a: T) : float[] seq = pieces (numbers<float> torch.ScalarType.Float64) a

        /// Whether both have one dtype, one shape and the same numbers, NaN as equal to NaN and 0 to -0.
        let same (a: T) (b: T) : bool =
            sameBits a b
            || isFloating a
               && dtype a = dtype b
               && sameShape a b
               && Seq.forall2 (Array.forall2 (fun (x: float) (y: float) -> x.Equals y)) (doubles a) (doubles b)

        /// A hash of dtype, shape and numbers, alike for what is the same.
        let hash (a: T) : int =
            let mutable hash = HashCode()
            hash.Add(dtype a)

            for length in shape a do
                hash.Add length

            for piece in doubles a do
                for value in piece do
                    hash.Add value

            hash.ToHashCode()

        // A whole number beside a float64, without rounding the whole one.
        let private compareMixed (whole: int64) (value: float) =
            if Double.IsNaN value || value < -9223372036854775808.0 then
                1
            elif value >= 9223372036854775808.0 then
                -1
            else
                match compare whole (int64 (truncate value)) with
                | 0 -> compare 0.0 (value - truncate value)
                | order -> order

        /// The order of two single numbers, whatever their dtypes: NaN comes first and equals itself.
        let order (a: T) (b: T) : int =
            for each in [ a; b ] do
                if count each <> 1L then
                    raise (
                        ArgumentException
                            $"a comparison takes single numbers, not {describe a} and {describe b}; Tensor.lt and Tensor.maximum compare each pair of elements"
                    )

            match isFloating a, isFloating b with
            | true, true -> (number "compare" a).CompareTo(number "compare" b)
            | false, false -> compare (whole "compare" a) (whole "compare" b)
            | false, true -> compareMixed (whole "compare" a) (number "compare" b)
            | true, false -> -(compareMixed (whole "compare" b) (number "compare" a))
