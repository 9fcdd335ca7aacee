namespace Functional

/// Which samples are read: positions start, start + 1, … before stop, or those named, in their order.
[<Struct; NoComparison; NoEquality; RequireQualifiedAccess>]
type internal Part =
    | Range of start: int * stop: int
    | At of places: int[]

/// Samples and what is wanted of each, aligned along the first axis of both.
[<Sealed; NoComparison>]
type Dataset internal (count: int, read: Part -> struct (Tensor * Tensor)) =
    /// The number of samples.
    member internal _.Size = count

    /// The inputs and the targets of some samples.
    member internal _.Read(part: Part) : struct (Tensor * Tensor) =
        Functional.FSharp.Nesting.guard "Dataset" "data sets"
        read part

    /// The samples: [n; …]. Of a data set that is drawn from another one, made anew each time (see Dataset.cache).
    member _.Inputs = let struct (inputs, _) = read (Part.Range(0, count)) in inputs

    /// What is wanted of each: [n; …]. Of a data set that is drawn from another one, made anew each time.
    member _.Targets = let struct (_, targets) = read (Part.Range(0, count)) in targets

namespace Functional.FSharp

open System
open Functional

/// Data sets. What is drawn from a data set copies no sample before it is used; only `shuffle` and `batches` change the order,
/// and only by their key.
[<RequireQualifiedAccess>]
module Dataset =

    let private pick (places: int[]) (x: Tensor) =
        if Rows.serves x.Raw then
            Tensor.Of(Rows.gather places x.Raw)
        else
            Tensor.indexSelect 0 (Tensor.ofInts places) x

    /// The number of samples.
    let count (data: Dataset) = data.Size

    /// Inputs [n; …] and targets [n; …], n at least 1.
    let create (inputs: Tensor) (targets: Tensor) : Dataset =
        if inputs.Rank = 0 || targets.Rank = 0 || Native.size inputs.Raw 0 <> Native.size targets.Raw 0 then
            invalidArg
                (nameof targets)
                $"inputs and targets are aligned along the first axis, but were given as {inputs} and {targets}"

        if Native.size inputs.Raw 0 = 0L then
            invalidArg (nameof inputs) $"the data set is empty: inputs {inputs}"

        let count = int (Native.size inputs.Raw 0)

        let read part =
            match part with
            | Part.Range(0, stop) when stop = count -> struct (inputs, targets)
            | Part.Range(start, stop) -> struct (Tensor.slice 0 start stop inputs, Tensor.slice 0 start stop targets)
            | Part.At places -> struct (pick places inputs, pick places targets)

        Dataset(count, read)

    // ---- some of the samples

    let private range (start: int) (stop: int) (data: Dataset) : Dataset =
        Dataset(
            stop - start,
            function
            | Part.Range(first, last) -> data.Read(Part.Range(start + first, start + last))
            | Part.At places -> data.Read(Part.At(Array.map ((+) start) places))
        )

    let private at (places: int[]) (data: Dataset) : Dataset =
        Dataset(
            places.Length,
            function
            | Part.Range(first, last) -> data.Read(Part.At places[first .. last - 1])
            | Part.At own -> data.Read(Part.At(Array.map (Array.get places) own))
        )

    /// Samples start, start + 1, … before stop, without copying.
    let slice (start: int) (stop: int) (data: Dataset) : Dataset =
        if start < 0 || stop <= start || stop > count data then
            invalidArg (nameof stop) $"samples {start} to {stop} of a data set with {count data}"

        range start stop data

    /// The first `taken` samples, at least 1 and at most all.
    let take (taken: int) (data: Dataset) : Dataset =
        if taken < 1 || taken > count data then
            invalidArg (nameof taken) $"1 to {count data} samples can be taken of this data set, not {taken}"

        range 0 taken data

    /// The samples after the first `skipped`; at least one is left.
    let skip (skipped: int) (data: Dataset) : Dataset =
        if skipped < 0 || skipped >= count data then
            invalidArg (nameof skipped) $"0 to {count data - 1} samples of this data set can be skipped, not {skipped}"

        range skipped (count data) data

    /// The samples in an order drawn from the key.
    let shuffle (key: Key) (data: Dataset) : Dataset = at (Random.permutation (count data) key) data

    /// The samples at which `keep inputs targets`, bool [n], is true, in their order; at least one.
    let filter (keep: Tensor -> Tensor -> Tensor) (data: Dataset) : Dataset =
        let kept =
            Scope.value (fun () ->
                let struct (inputs, targets) = data.Read(Part.Range(0, count data))
                let mask = keep inputs targets

                if mask.Dtype <> Dtype.Bool || mask.Shape <> [| count data |] then
                    invalidArg
                        (nameof keep)
                        $"a truth value for each sample is expected, Tensor bool [{count data}], not {mask}"

                Tensor.toBools mask)

        match [| 0 .. kept.Length - 1 |] |> Array.filter (Array.get kept) with
        | [||] -> invalidArg (nameof keep) $"none of the {count data} samples is kept, and a data set has at least one"
        | places -> at places data

    // ---- parts that lose and repeat nothing

    let private requireFraction (fraction: float) =
        if not (fraction > 0.0 && fraction < 1.0) then
            invalidArg
                (nameof fraction)
                $"a fraction lies between 0 and 1, and neither part is empty, but was {invariant fraction}"

    let private requireBoth (fraction: float) first count =
        if first = 0 || first = count then
            invalidArg (nameof fraction) $"a fraction {invariant fraction} of {count} samples leaves one part empty"

    // The whole number nearest to fraction·n, halves upwards.
    let private portion (fraction: float) (n: int) = int (floor (fraction * float n + 0.5))

    /// The first ⌊fraction·n + ½⌋ samples and the others, 0 < fraction < 1; shuffle first for a split at random.
    let split (fraction: float) (data: Dataset) : struct (Dataset * Dataset) =
        requireFraction fraction
        let first = portion fraction (count data)
        requireBoth fraction first (count data)
        struct (range 0 first data, range first (count data) data)

    /// As `split`, with nₖ·fraction samples of each class k in the first part, up to one; the targets are labels, whole
    /// numbers [n]. Both parts keep the order; shuffle first for a split at random.
    let stratify (fraction: float) (data: Dataset) : struct (Dataset * Dataset) =
        requireFraction fraction
        let targets = data.Targets

        if targets.Rank <> 1 || Native.isFloating targets.Raw then
            invalidArg (nameof data) $"classes are told by labels, whole numbers [{count data}], not by {targets}"

        let labels = Tensor.toLongs targets
        let classes = labels |> Array.indexed |> Array.groupBy snd |> Array.map (snd >> Array.map fst)
        let first = portion fraction labels.Length
        requireBoth fraction first labels.Length
        // Every class gives what it surely has to; those with the largest rests give one more, the first of them before others.
        let exact = classes |> Array.map (fun own -> fraction * float own.Length)
        let sure = exact |> Array.map (floor >> int)

        let more =
            [| 0 .. classes.Length - 1 |]
            |> Array.sortBy (fun k -> struct (float sure[k] - exact[k], k))
            |> Array.truncate (first - Array.sum sure)
            |> Set.ofArray

        let taken k = if more.Contains k then sure[k] + 1 else sure[k]
        let ordered part = classes |> Array.mapi part |> Array.concat |> Array.sort

        struct (at (ordered (fun k own -> Array.take (taken k) own)) data,
                at (ordered (fun k own -> Array.skip (taken k) own)) data)

    /// k pairs of training samples and samples held out, k from 2 to n: fold i holds out those from ⌊i·n/k⌋ up to, but
    /// without, ⌊(i+1)·n/k⌋, so each sample once in all; shuffle first for folds at random.
    let folds (k: int) (data: Dataset) : struct (Dataset * Dataset)[] =
        let n = count data

        if k < 2 || k > n then
            invalidArg (nameof k) $"{n} samples make 2 to {n} folds, not {k}"

        let border i = int (int64 i * int64 n / int64 k)

        [|
            for i in 0 .. k - 1 ->
                let first, last = border i, border (i + 1)
                struct (at (Array.append [| 0 .. first - 1 |] [| last .. n - 1 |]) data, range first last data)
        |]

    // ---- other samples

    // What a user's function makes of some samples has as many.
    let private aligned name (expected: int) (struct (inputs: Tensor, targets: Tensor) as made) =
        let fits (x: Tensor) = x.Rank > 0 && Native.size x.Raw 0 = int64 expected

        if not (fits inputs && fits targets) then
            raise (ArgumentException $"{name}: of {expected} samples the function made {inputs} and {targets}")

        made

    let private sizeOf part =
        match part with
        | Part.Range(start, stop) -> stop - start
        | Part.At places -> places.Length

    /// f inputs targets in place of both, [m; …] of [m; …] for any number m of samples, each sample by itself: computed for
    /// the samples that are used, in the step that uses them.
    let map (f: Tensor -> Tensor -> struct (Tensor * Tensor)) (data: Dataset) : Dataset =
        Dataset(
            count data,
            fun part ->
                let struct (inputs, targets) = data.Read part
                f inputs targets |> aligned "Dataset.map" (sizeOf part)
        )

    /// Sample i of a beside sample i of b, combined as f (inputs, targets) (inputs, targets) says, as `map` computes it. Both
    /// have the same number of samples.
    let zip
        (f: struct (Tensor * Tensor) -> struct (Tensor * Tensor) -> struct (Tensor * Tensor))
        (a: Dataset)
        (b: Dataset)
        : Dataset =
        if count a <> count b then
            invalidArg (nameof b) $"data sets with {count a} and {count b} samples are not aligned"

        Dataset(count a, (fun part -> f (a.Read part) (b.Read part) |> aligned "Dataset.zip" (sizeOf part)))

    // How many samples are computed at a time.
    let private piece = 1024

    /// The same samples, computed now, once, and held in memory: what `map` and `zip` would compute in each epoch.
    let cache (data: Dataset) : Dataset =
        let held (struct (inputs: Tensor, targets: Tensor)) = Seq.ofList [ inputs; targets ]

        let struct (inputs, targets) =
            Scope.run held (fun () ->
                let parts =
                    [
                        for start in 0..piece .. count data - 1 ->
                            let stop = min (count data) (start + piece)
                            Scope.run held (fun () -> data.Read(Part.Range(start, stop)))
                    ]

                struct (Tensor.cat 0 [ for struct (inputs, _) in parts -> inputs ],
                        Tensor.cat 0 [ for struct (_, targets) in parts -> targets ]))

        create inputs targets

    // ---- batches

    let private requireBatches (size: int) (epochs: int) =
        if size < 1 || epochs < 0 then
            invalidArg
                (nameof size)
                $"batches hold at least one sample and epochs are not negative: size {size}, epochs {epochs}"

    // So many batches of so many samples in each epoch.
    let private inEpochs perEpoch size epochs key (data: Dataset) =
        let count = count data

        let read (order: int[]) at () =
            let first = at * size
            data.Read(Part.At order[first .. first + min size (count - first) - 1])

        let from start =
            seq {
                for epoch in start / perEpoch .. epochs - 1 do
                    let order = Random.permutation count (Key.child epoch key)
                    let first = if epoch = start / perEpoch then start % perEpoch else 0

                    for at in first .. perEpoch - 1 do
                        read order at
            }

        Batches(0, from)

    /// Batches of `size` samples through `epochs` epochs: each epoch in an order of its own, drawn from the key, every sample
    /// once, the last batch of an epoch shorter where it must be. Size 1 learns online, a size from n up takes all samples at
    /// once. One batch is (inputs, targets).
    let batches (size: int) (epochs: int) (key: Key) (data: Dataset) : Batches<struct (Tensor * Tensor)> =
        requireBatches size epochs
        let size = min size (count data)
        inEpochs ((count data - 1) / size + 1) size epochs key data

    /// As `batches`, but all of `size` samples: those that are left at the end of an epoch are passed over in it. The order of
    /// each epoch is that of `batches`. The size is at most the number of samples.
    let fullBatches (size: int) (epochs: int) (key: Key) (data: Dataset) : Batches<struct (Tensor * Tensor)> =
        requireBatches size epochs

        if size > count data then
            invalidArg (nameof size) $"{count data} samples make no batch of {size}"

        inEpochs (count data / size) size epochs key data
