namespace Functional.FSharp

open Functional

/// Looking into a run at one of its snapshots.
[<RequireQualifiedAccess>]
module Diagnostics =

    let private isFloating (x: Tensor) = Native.isFloating x.Raw

    // The root of the mean square of all numbers of some tensors.
    let private meanSquareRoot (tensors: Tensor list) =
        let count = tensors |> List.sumBy (fun x -> float x.Count)
        Length.toFloat tensors / sqrt count

    let private momentOf (snapshot: Snapshot) = { Step = snapshot.Step; Key = Key.child snapshot.Step snapshot.Key }

    /// The Euclidean norm of the gradient of each parameter, by path, for a batch at the next step of a run.
    let gradientNorms (rule: Rule<'batch>) (snapshot: Snapshot) (batch: 'batch) : (string * float) list =
        Scope.value (fun () ->
            let estimate = Rule.estimate rule (momentOf snapshot) snapshot.Params snapshot.State batch

            Tree.leaves estimate.Gradients |> List.map (fun (path, g) -> path, Length.toFloat [ g ]))

    /// The Euclidean norm of each parameter, by path.
    let parameterNorms (snapshot: Snapshot) : (string * float) list =
        Scope.value (fun () ->
            Tree.leaves (Params.values snapshot.Params)
            |> List.map (fun (path, x) -> path, Length.toFloat [ x ]))

    /// The root of the mean square of what each layer gives in training, by path, at the next step of a run: layers inside of
    /// others too ("1/0/1"), each before the one around it. Of several at one path the outermost counts; of a layer that runs
    /// several times or gives several tensors, all numbers together; one that gives no floating-point numbers is left out.
    let activationNorms (layer: Layer<'i, 'o>) (snapshot: Snapshot) (input: 'i) : (string * float) list =
        Scope.value (fun () ->
            let mode = Train (momentOf snapshot).Key
            let outputs = Outputs()
            outputs.Over(fun () -> Layer.apply layer mode snapshot.Params snapshot.State input |> ignore)

            [
                for path, given in outputs.Seen |> List.groupBy (fun (output: Output) -> output.Path) do
                    let least = given |> List.map (fun output -> output.Depth) |> List.min

                    match
                        given
                        |> List.filter (fun output -> output.Depth = least)
                        |> List.collect (fun output -> output.Tensors)
                        |> List.filter isFloating
                    with
                    | [] -> ()
                    | tensors -> path, meanSquareRoot tensors
            ])
