namespace Functional.FSharp

open System
open System.IO
open Functional
open Functional.FSharp.Comparing

/// Laws of what moves parameters.
[<AutoOpen>]
module LawTraining =

    /// Laws: functions of the thing under test that say whether it keeps them, with a counterexample where it does not.
    [<RequireQualifiedAccess>]
    module Law =

        /// A transform takes a function f of one tensor from `start` to at most `goal` in so many steps, all on numbers: the
        /// gradients are f's own, and the steps those of Training.run. f is looked at ten times on the way.
        let descent (steps: int) (goal: float) (transform: Transform) (f: Tensor -> Tensor) (start: Tensor) : Verdict =
            Scope.value (fun () ->
                let param = { Role = Role.Weight; Value = start }
                let at (ps: Params) = f (Tree.leaf [ "x" ] ps).Value

                let estimate _ ps state () =
                    let struct (value, state, gradients) =
                        Differentiation.fgradParams (fun ps -> struct (at ps, state)) ps

                    { Loss = value; Gradients = gradients; State = state }

                let rule = Rule.create (fun _ -> struct (Node [ "x", Leaf param ], Tree.empty)) estimate
                let first = Training.start rule transform (Key.ofSeed 0)

                let walk =
                    [
                        for snapshot in
                            Training.run (max 1 (steps / 10)) rule transform (Batches.init steps ignore) first do
                            let x = (Tree.leaf [ "x" ] snapshot.Params).Value
                            snapshot.Step, x, Tensor.toFloat (f x)
                    ]

                let law = "an optimizer descends"

                let given step =
                    $"{steps} steps from {show start}, where f is {Tensor.toFloat (f start)}, at step {step}"

                match walk |> List.tryFind (fun (_, _, value) -> not (Double.IsFinite value)), List.tryLast walk with
                | Some(step, x, value), _ -> broken law (given step) "a finite value" $"f = {value} at {show x}"
                | None, Some(step, x, value) when not (value <= goal) ->
                    broken law (given step) $"f at most {goal}" $"f = {value} at {show x}"
                | _ -> Verdict.Kept)

        /// Training that is saved half-way, loaded into a start of another key and gone on with equals training that was never
        /// interrupted, bit for bit: no rule, transform or batches keep anything outside their state. `steps` is at least 2.
        let resumption
            (steps: int)
            (key: Key)
            (rule: Rule<'batch>)
            (transform: Transform)
            (batches: Batches<'batch>)
            : Verdict =
            if steps < 2 then
                invalidArg
                    (nameof steps)
                    $"resumption: a run is interrupted between two steps of at least 2, not of {steps}"

            Scope.value (fun () ->
                let run from steps start =
                    Training.run Int32.MaxValue rule transform (Batches.take steps batches) start
                    |> Seq.tryLast
                    |> Option.defaultWith (fun () ->
                        invalidArg (nameof batches) $"resumption: there are no batches from step {from} to {steps}")

                let half = steps / 2
                let begun = Training.start rule transform key
                let middle = run 0 half begun
                let folder = Directory.CreateTempSubdirectory "functional-law-"

                try
                    let path = Path.Combine(folder.FullName, "checkpoint")
                    Checkpoint.save path middle
                    let whole = run half steps middle
                    let like = Training.start rule transform (Key.child 1 key)
                    let resumed = Checkpoint.load path like |> run half steps
                    let given = $"{steps} steps, interrupted after {half}"
                    let law what = $"a resumed run equals a whole one: {what}"

                    seq {
                        require
                            ((whole.Step, whole.Key) = (resumed.Step, resumed.Key))
                            (law "step and key")
                            (fun () -> given)
                            (fun () -> $"step {whole.Step}, {whole.Key}")
                            (fun () -> $"step {resumed.Step}, {resumed.Key}")

                        sameTree (law "parameters") given (Params.values whole.Params) (Params.values resumed.Params)
                        sameTree (law "state") given whole.State resumed.State
                        sameTree (law "memory") given whole.Memory resumed.Memory
                        same (law "loss") given whole.Loss resumed.Loss
                    }
                    |> Verdict.all
                finally
                    folder.Delete true)
