namespace Functional.FSharp

open Functional

/// Measuring a trained network on data that it has not seen.
[<RequireQualifiedAccess>]
module Evaluation =

    /// What a layer gives in evaluation for inputs [n; …], computed `batchSize` samples at a time: [n; …].
    let predict (batchSize: int) (layer: Layer<Tensor, Tensor>) (snapshot: Snapshot) (inputs: Tensor) : Tensor =
        if batchSize < 1 then
            invalidArg (nameof batchSize) $"at least one sample is computed at a time, not {batchSize}"

        let count = if inputs.Rank = 0 then 0 else inputs.Shape[0]

        if count = 0 then
            invalidArg (nameof inputs) $"there are no samples to predict for: {inputs}"

        let part start =
            Scope.tensor (fun () ->
                let struct (y, _) =
                    Layer.apply
                        layer
                        Eval
                        snapshot.Params
                        snapshot.State
                        (Tensor.slice 0 start (min count (start + batchSize)) inputs)

                y)

        Scope.tensor (fun () -> Tensor.cat 0 [ for start in 0..batchSize .. count - 1 -> part start ])

    /// The loss of a layer in evaluation over samples and targets, `batchSize` at a time: each sample counts the same. The loss is
    /// a mean over its batch.
    let loss
        (batchSize: int)
        (loss: 'o -> Tensor -> Tensor)
        (layer: Layer<Tensor, 'o>)
        (snapshot: Snapshot)
        (data: Dataset)
        : float =
        if batchSize < 1 then
            invalidArg (nameof batchSize) $"at least one sample is computed at a time, not {batchSize}"

        let count = Dataset.count data

        let part start =
            let stop = min count (start + batchSize)
            let batch = Dataset.slice start stop data

            Scope.value (fun () ->
                let struct (y, _) = Layer.apply layer Eval snapshot.Params snapshot.State batch.Inputs
                float (stop - start) * Tensor.toFloat (loss y batch.Targets))

        Seq.sumBy part (seq { 0..batchSize .. count - 1 }) / float count

    let internal checkAligned (logits: Tensor) (labels: Tensor) =
        if logits.Rank <> 2 || labels.Rank <> 1 || logits.Shape[0] <> labels.Shape[0] || labels.Shape[0] = 0 then
            invalidArg
                (nameof labels)
                $"expected logits [n; classes] and labels [n] with n at least 1, but was given {logits} and {labels}"

        if labels.Dtype <> Dtype.Int64 then
            invalidArg (nameof labels) $"labels are int64, not {labels}"

        let count = int64 logits.Shape[1]

        for label in Tensor.toLongs labels do
            if label < 0L || label >= count then
                invalidArg
                    (nameof labels)
                    $"label {label} is outside 0 … {count - 1L}, the classes that the logits have"

    /// The class with the largest logit for each sample: [n; classes] -> int64 [n].
    let classes (logits: Tensor) : Tensor = Tensor.argmaxOver 1 logits

    /// The fraction of samples whose largest logit is the label's. logits: [n; classes], labels: int64 [n].
    let accuracy (logits: Tensor) (labels: Tensor) : float =
        checkAligned logits labels

        Scope.value (fun () ->
            Tensor.eq (classes logits) labels |> Tensor.cast Dtype.Float64 |> Tensor.mean |> Tensor.toFloat)

    /// How many samples of class i were taken for class j: counts[i, j]. logits: [n; classes], labels: int64 [n].
    let confusion (logits: Tensor) (labels: Tensor) : int[,] =
        checkAligned logits labels
        let count = logits.Shape[1]
        let predicted = Scope.value (fun () -> Tensor.toLongs (classes logits))
        let table = Array2D.zeroCreate count count

        for label, guess in Array.zip (Tensor.toLongs labels) predicted do
            table[int label, int guess] <- table[int label, int guess] + 1

        table
