namespace Functional.FSharp

open Functional

/// Losses: from predictions and targets to one number, the mean over the batch.
[<RequireQualifiedAccess>]
module Loss =

    /// The mean of (predicted - target)² over all elements. Both of one shape.
    let squaredError (predicted: Tensor) (target: Tensor) : Tensor =
        if not (Native.sameShape predicted.Raw target.Raw) then
            invalidArg
                (nameof target)
                $"squaredError: the predictions {predicted} and the targets {target} differ in shape"

        if Differentiation.order () <= 1 then
            Tensor.Of(Ops.mseLoss predicted.Raw target.Raw)
        else
            Tensor.mean (Tensor.square (predicted - target))

    let private checkLabels (logits: Tensor) (labels: Tensor) =
        let shape = Native.shape logits.Raw

        if shape.Length <> 2 || Native.rank labels.Raw <> 1 || Native.size labels.Raw 0 <> shape[0] then
            invalidArg
                (nameof labels)
                $"crossEntropy: expected logits [n; classes] and labels [n], but was given {logits} and {labels}"

        if shape[0] = 0L then
            invalidArg (nameof logits) "crossEntropy: the mean over an empty batch is not defined"

        if labels.Dtype <> Dtype.Int64 then
            invalidArg (nameof labels) $"crossEntropy: labels are int64, not {labels}"

    let private outOfRange (logits: Tensor) (labels: Tensor) =
        let classes = Native.size logits.Raw 1
        let values = Tensor.toLongs labels

        match values |> Array.tryFindIndex (fun label -> label < 0L || label >= classes) with
        | Some at ->
            invalidArg
                (nameof labels)
                $"crossEntropy: label {values[at]} at position {at} is outside 0 … {classes - 1L}, the classes that the logits have"
        | None -> ()

    /// The mean over the batch of -ln softmax(logits)[label]. logits: [n; classes], labels: int64 [n], each in 0 … classes - 1.
    let crossEntropy (logits: Tensor) (labels: Tensor) : Tensor =
        checkLabels logits labels

        try
            if Differentiation.order () <= 1 then
                Tensor.Of(Ops.crossEntropy logits.Raw labels.Raw)
            else
                let picked = Tensor.logsoftmax 1 logits |> Tensor.gather 1 (Tensor.unsqueeze 1 labels)
                -(Tensor.mean picked)
        with :? System.ArgumentException ->
            // libtorch looks at each label; only where it refuses is the culprit looked for.
            outOfRange logits labels
            reraise ()
