namespace Functional.FSharp

open System
open System.Collections.Generic
open TorchSharp
open Functional
open Functional.FSharp.Wrapping

/// Truth values, classes and whole numbers.
[<AutoOpen>]
module RandomDiscrete =

    /// Truth values, classes and whole numbers.
    [<RequireQualifiedAccess>]
    module Random =

        // 1 where u < p, else 0, from the sign of u - p: a branch would be guessed wrongly half of the time.
        let inline private hit32 (u: float32) (p: float32) =
            BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(u - p) >>> 31) &&& 0x3f800000)

        let inline private hit64 (u: float) (p: float) =
            BitConverter.Int64BitsToDouble((BitConverter.DoubleToInt64Bits(u - p) >>> 63) &&& 0x3ff0000000000000L)

        let inline private isProbability p = p >= LanguagePrimitives.GenericZero && p <= LanguagePrimitives.GenericOne

        /// 1 with this probability, else 0; float32. Element by element it is `uniform shape key < probability`.
        let bernoulli (probability: float) (shape: int seq) (key: Key) =
            if not (isProbability probability) then
                invalidArg
                    (nameof probability)
                    $"bernoulli: a probability is between 0 and 1, not {invariant probability}"

            let raw = Drawing.empty "bernoulli" Dtype.Float32 shape
            let into = Native.span<float32> raw
            // Where the uniforms are, their comparisons come to stand.
            let p = float32 probability
            let filled = Lanes.fill (key, into)

            for i in 0 .. filled - 1 do
                into[i] <- hit32 into[i] p

            for i in filled .. into.Length - 1 do
                let bits = Key.bits (i / 2) key
                into[i] <- hit32 (if i % 2 = 0 then Drawing.first24 bits else Drawing.second24 bits) p

            GC.KeepAlive raw
            Tensor.Of raw

        let private hits32 (p: ReadOnlySpan<float32>, key: Key, into: Span<float32>) =
            let pairs = into.Length / 2
            let filled = Lanes.hits (key, p, into)
            let mutable good = filled >= 0

            for i in (max 0 filled) / 2 .. pairs - 1 do
                let bits = Key.bits i key
                let p0, p1 = p[2 * i], p[2 * i + 1]
                good <- good && isProbability p0 && isProbability p1
                into[2 * i] <- hit32 (Drawing.first24 bits) p0
                into[2 * i + 1] <- hit32 (Drawing.second24 bits) p1

            if into.Length % 2 = 1 then
                let last = into.Length - 1
                good <- good && isProbability p[last]
                into[last] <- hit32 (Drawing.first24 (Key.bits pairs key)) p[last]

            good

        let private hits64 (p: ReadOnlySpan<float>, key: Key, into: Span<float>) =
            let mutable good = true

            for i in 0 .. into.Length - 1 do
                good <- good && isProbability p[i]
                into[i] <- hit64 (Drawing.unit i key) p[i]

            good

        // A constant on the CPU with its elements in order, in float64 or else in float32.
        let private readable (x: Tensor) =
            use detached = Ops.detach x.Raw
            use here = Ops.cpu detached

            let dtype =
                if x.Dtype = Dtype.Float64 then
                    torch.ScalarType.Float64
                else
                    torch.ScalarType.Float32

            use typed = Ops.cast dtype here
            Ops.contiguous typed

        // A tensor of the CPU on the device of another.
        let private onDeviceOf (x: Tensor) (raw: torch.Tensor) =
            if Native.isOnCpu x.Raw then
                Tensor.Of raw
            else
                use here = raw
                Tensor.Of(Ops.move (Native.device x.Raw) here)

        /// 1 with each element's own probability, else 0, in the dtype of the probabilities and as a constant. Element by
        /// element it is `uniformOf dtype shape key < probabilities`, with the float32 numbers for the dtypes of 16 bits.
        let bernoulliEach (probabilities: Tensor) (key: Key) =
            Native.requireFloating "bernoulliEach" probabilities.Raw
            use p = readable probabilities
            let raw = Ops.empty (Native.shape p) (Native.dtype p)

            let good =
                if probabilities.Dtype = Dtype.Float64 then
                    hits64 (Span.op_Implicit (Native.span<float> p), key, Native.span<float> raw)
                else
                    hits32 (Span.op_Implicit (Native.span<float32> p), key, Native.span<float32> raw)

            GC.KeepAlive p
            GC.KeepAlive raw

            if not good then
                raw.Dispose()
                let worst = Tensor.toDoubles probabilities |> Array.find (isProbability >> not)

                invalidArg
                    (nameof probabilities)
                    $"bernoulliEach: a probability is between 0 and 1, not {invariant worst}"

            if Drawing.isNarrow probabilities.Dtype then
                use wide = raw
                onDeviceOf probabilities (Ops.cast (native probabilities.Dtype) wide)
            else
                onDeviceOf probabilities raw

        // The first class at which the sum of the weights exceeds u, or the last of any weight should all be lost to rounding.
        let private pick (weights: ReadOnlySpan<float>, u: float) =
            let mutable at = 0
            let mutable sum = weights[0]

            while sum <= u && at < weights.Length - 1 do
                at <- at + 1
                sum <- sum + weights[at]

            while at > 0 && weights[at] = 0.0 do
                at <- at - 1

            at

        /// A class for each row of logits, class c with probability softmax(logits)_c: [..; classes] -> int64 [..].
        /// A logit of -∞ is a class that is never drawn.
        let categorical (logits: Tensor) (key: Key) =
            Native.requireFloating "categorical" logits.Raw
            let shape = Native.shape logits.Raw

            if shape.Length = 0 || Array.last shape = 0L then
                invalidArg
                    (nameof logits)
                    $"categorical: logits have the shape [..; classes] with at least one class, not {Native.showShape shape}"

            use here = readable logits
            use wide = Ops.cast torch.ScalarType.Float64 here
            use weights = Ops.softmax (int64 (shape.Length - 1)) wide
            let raw = Ops.empty (Array.take (shape.Length - 1) shape) torch.ScalarType.Int64
            let classes = int (Array.last shape)
            let into = Native.span<int64> raw
            let all = Native.span<float> weights

            for row in 0 .. into.Length - 1 do
                let own = all.Slice(row * classes, classes)

                // Softmax turns the whole row into NaN then.
                if Double.IsNaN own[0] then
                    raw.Dispose()

                    invalidArg
                        (nameof logits)
                        $"categorical: logits are numbers or -∞, at least one of each row a number; row {row} is not so"

                into[row] <- int64 (pick (Span.op_Implicit own, Drawing.unit row key))

            GC.KeepAlive weights
            GC.KeepAlive raw
            onDeviceOf logits raw

        // A whole number in [0, bound), the i-th of a key, each equally likely (Lemire 2019, https://doi.org/10.1145/3230636).
        let private below (bound: uint64) (i: int) (key: Key) =
            let mutable rest = 0UL
            let mutable number = Math.BigMul(Key.bits i key, bound, &rest)

            if rest < bound then
                // What would make some numbers likelier is drawn again, from a child of its own.
                let least = (0UL - bound) % bound
                let own = Key.child i key
                let mutable attempt = 0

                while rest < least do
                    number <- Math.BigMul(Key.bits attempt own, bound, &rest)
                    attempt <- attempt + 1

            number

        /// Whole numbers from `low` up to, but without, `high`, each equally likely; int64.
        let integers (low: int64) (high: int64) (shape: int seq) (key: Key) =
            if low >= high then
                invalidArg (nameof high) $"integers: the upper bound is greater than the lower one, {low}, not {high}"

            let bound = uint64 high - uint64 low
            let raw = Drawing.empty "integers" Dtype.Int64 shape
            let into = Native.span<int64> raw

            for i in 0 .. into.Length - 1 do
                into[i] <- int64 (uint64 low + below bound i key)

            GC.KeepAlive raw
            Tensor.Of raw

        // The whole numbers that a dtype holds without a gap, from the least to the greatest.
        let private wholeNumbers (dtype: Dtype) : struct (int64 * int64) =
            match dtype, Native.bounds (native dtype) with
            | _, ValueSome bounds -> bounds
            | Dtype.BFloat16, _ -> struct (-256L, 256L)
            | Dtype.Float16, _ -> struct (-2048L, 2048L)
            | Dtype.Float32, _ -> struct (-16777216L, 16777216L)
            | _ -> struct (-9007199254740992L, 9007199254740992L)

        /// Whole numbers from `low` up to, but without, `high`, each equally likely, with the shape, dtype and device of x; the
        /// dtype must hold them all.
        let integersLike (low: int64) (high: int64) (x: Tensor) (key: Key) =
            let struct (least, greatest) = wholeNumbers x.Dtype

            if low < least || high - 1L > greatest then
                invalidArg
                    (nameof high)
                    $"integersLike: {x.Dtype} holds the whole numbers from {least} to {greatest}, not from {low} to {high - 1L}"

            let whole = integers low high x.Shape key

            if x.Dtype = Dtype.Int64 then
                beside x whole
            else
                let result = lift (Ops.cast (native x.Dtype)) whole
                whole.Free()
                beside x result

        /// 0, 1, …, count - 1 in random order, each order equally likely (Fisher and Yates).
        let permutation (count: int) (key: Key) : int[] =
            if count < 0 then
                invalidArg (nameof count) $"permutation: a count is 0 or more, not {count}"

            let order = Array.init count id

            for i in count - 1 .. -1 .. 1 do
                let j = int (below (uint64 i + 1UL) i key)
                let moved = order[i]
                order[i] <- order[j]
                order[j] <- moved

            order

        /// So many different numbers of 0, 1, …, count - 1, each choice in each order equally likely: the last numbers of
        /// `permutation count key`, the last one first, without making the others.
        let choice (taken: int) (count: int) (key: Key) : int[] =
            if taken < 0 || taken > count then
                invalidArg
                    (nameof taken)
                    $"choice: from {count} numbers 0 to {max count 0} different ones can be taken, not {taken}"

            // Only the places that no longer hold their own number.
            let moved = Dictionary<int, int>()

            let at place =
                match moved.TryGetValue place with
                | true, number -> number
                | _ -> place

            Array.init taken (fun n ->
                let i = count - 1 - n
                let j = int (below (uint64 i + 1UL) i key)
                let number = at j
                moved[j] <- at i
                number)
