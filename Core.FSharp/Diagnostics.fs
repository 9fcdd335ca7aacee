namespace Functional.FSharp

open Functional

/// Looking into a run at one of its snapshots.
[<RequireQualifiedAccess>]
module Diagnostics =

    let private meanSquareRoot (x: Tensor) = Tensor.toFloat (Tensor.sqrt (Tensor.mean (Tensor.square x)))

    let private momentOf (snapshot: Snapshot) = { Step = snapshot.Step; Key = Key.child snapshot.Step snapshot.Key }

    /// The Euclidean norm of the gradient of each parameter, by path, for a batch at the next step of a run.
    let gradientNorms (rule: Rule<'batch>) (snapshot: Snapshot) (batch: 'batch) : (string * float) list =
        Scope.value (fun () ->
            let estimate = Rule.estimate rule (momentOf snapshot) snapshot.Params snapshot.State batch

            Tree.leaves estimate.Gradients
            |> List.map (fun (path, g) -> path, Tensor.toFloat (Tensor.norm 2.0 g)))

    /// The Euclidean norm of each parameter, by path.
    let parameterNorms (snapshot: Snapshot) : (string * float) list =
        Scope.value (fun () ->
            Tree.leaves (Params.values snapshot.Params)
            |> List.map (fun (path, x) -> path, Tensor.toFloat (Tensor.norm 2.0 x)))

    /// The root of the mean square of what each stage of a pipeline gives in training, by path, at the next step of a run:
    /// stages that give something else than a tensor are left out.
    let activationNorms (layer: Layer<'i, 'o>) (snapshot: Snapshot) (input: 'i) : (string * float) list =
        Scope.value (fun () ->
            let mode = Train (momentOf snapshot).Key
            let struct (_, _, seen) = Layer.trace layer mode snapshot.Params snapshot.State input

            seen
            |> List.choose (fun (path, given) ->
                match given with
                | :? Tensor as x -> Some(path, meanSquareRoot x)
                | _ -> None))
