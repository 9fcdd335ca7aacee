/// Asynchronous recall in a Hopfield network of 1,000 units, 1,000 noisy states in a batch.
module Recall

open TorchSharp
open Functional
open Functional.FSharp
open Workload

let private key = Key.ofSeed 4
let private units = 1000
let private most = 20

let recall () =
    let patterns = Hopfield.randomPatterns 50 units (Key.child 0 key)
    let network = Hopfield.hebb patterns
    let stored = Tensor.repeat 0 (units / 50) patterns
    let noisy = Hopfield.flipped 0.2 (Key.child 1 key) stored

    let ours steps =
        let mutable last = nan

        for step in 1..steps do
            let found = Hopfield.recall most (Key.child step key) network noisy
            last <- Scope.value (fun () -> Tensor.toFloat (Tensor.mean (found.States * stored)))

        last

    // Sweep after sweep until no state changes, each unit in turn for all states at once: units stand in rows.
    let theirs steps =
        use _ = torch.no_grad ()
        let w = network.Weights.Raw
        let mutable last = nan

        for step in 1..steps do
            use _ = torch.NewDisposeScope()
            let states = noisy.Raw.t().contiguous()
            let random = System.Random step
            let mutable sweeps, changed = 0, true

            while changed && sweeps < most do
                use _ = torch.NewDisposeScope()
                let before = states.clone ()
                let order = Array.init units id
                random.Shuffle order

                for unit in order do
                    use _ = torch.NewDisposeScope()
                    let field = w[unit].matmul states
                    // A field of 0 leaves a unit as it is.
                    states[unit].copy_(torch.where (field.eq (0f.ToScalar()), states[unit], field.sign ())) |> ignore

                changed <- not (states.eq(before).all().ToBoolean())
                sweeps <- sweeps + 1

            last <- float ((states.t () * stored.Raw).mean().ToSingle())

        last

    { Name = "recall"; Steps = 1; Ours = ours; OneByOne = None; Theirs = theirs }
