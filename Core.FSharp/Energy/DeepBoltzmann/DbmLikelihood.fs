namespace Functional.FSharp

open Functional

/// How likely data are under a deep Boltzmann machine.
[<AutoOpen>]
module DbmLikelihood =

    let private sizeOf dbm which = which |> List.sumBy (Dbm.countOf dbm)

    let private countable dbm which =
        which
        |> List.forall (fun layer ->
            match Dbm.unitsOf dbm layer with
            | Units.Bernoulli
            | Units.Spin -> true
            | _ -> false)

    // Of the sets of layers the one with the fewest states, all of whose units can be enumerated.
    let private smaller name (dbm: Dbm) (sets: int list list) =
        match sets |> List.filter (countable dbm) |> List.sortBy (sizeOf dbm) with
        | [] ->
            invalidArg
                (nameof dbm)
                $"{name}: every other layer is of Bernoulli units or spins, whose states can be enumerated, but neither the even nor the odd layers are"
        | which :: _ ->
            let count = sizeOf dbm which

            if count > 25 then
                let states = invariantAs "G6" (2.0 ** float count)

                invalidArg
                    (nameof dbm)
                    $"{name}: every other layer has {count} units and 2^{count} = {states} states at least; up to 25 units can be enumerated, beyond that use annealed importance sampling (Dbm.annealed) and the variational bound (Dbm.bound)"

            which

    // A block of the states of these layers, in float64.
    let private states (dbm: Dbm) which block =
        let size = sizeOf dbm which
        let bits = Tensor.cast Dtype.Float64 (RbmLikelihood.states (int64 dbm.Units) 0.0 size block)

        Dbm.cut "states" dbm which bits
        |> List.map2 (fun layer bits -> if Dbm.unitsOf dbm layer = Units.Spin then 2.0 * bits - 1.0 else bits) which

    let private given (dbm: Dbm) (layers: (int * Tensor) list) =
        let known = Map.ofList layers
        Array.init (dbm.Depth + 1) (fun layer -> Map.tryFind layer known)

    // ln Z of each of n samples, or of none, with what is held of each: block by block.
    let private summed (dbm: Dbm) (ps: Params) which count (held: int -> (int * Tensor) list) : float[] =
        let size = sizeOf dbm which

        Array.init (RbmLikelihood.blocks (int64 dbm.Units) size) (fun block ->
            Scope.value (fun () ->
                let states = states dbm which block
                let rows = states.Head.Shape[0]

                Array.init count (fun sample ->
                    Scope.value (fun () ->
                        let held = held sample |> List.map (fun (l, x) -> l, Tensor.expand [ rows; x.Shape[1] ] x)
                        let free = Dbm.freeOf dbm ps (given dbm (held @ List.zip which states))
                        Tensor.toFloat (Tensor.logsumexp -free)))))
        |> Array.transpose
        |> Array.map RbmLikelihood.logSum

    /// Deep Boltzmann machines.
    [<RequireQualifiedAccess>]
    module Dbm =

        /// ln Z, exactly: the sum over the states of the even layers or of the odd ones, whichever have fewer units, Bernoulli units
        /// or spins and at most 25, in bounded memory.
        let logPartition (dbm: Dbm) (ps: Params) : float =
            let which = smaller "logPartition" dbm [ Dbm.parity dbm 1; Dbm.parity dbm 0 ]
            (summed dbm (RbmLikelihood.wide ps) which 1 (fun _ -> [])).[0]

        /// ln p(v) of samples [n; visible] where ln Z is known: [n], in float64 and without derivatives. For each sample the sum over
        /// the states of the odd hidden layers or of the even ones, whichever have fewer units, at most 25.
        let logLikelihood (logZ: float) (dbm: Dbm) (ps: Params) (v: Tensor) : Tensor =
            if v.Rank <> 2 || v.Shape[1] <> Dbm.countOf dbm 0 then
                invalidArg (nameof v) $"logLikelihood: expected samples [n; {Dbm.countOf dbm 0}], but was given {v}"

            UnitsMath.check "logLikelihood" (Dbm.unitsOf dbm 0) v

            let logs =
                Scope.value (fun () ->
                    let v = Tensor.cast Dtype.Float64 (Tensor.stopGradient v)
                    let ps = RbmLikelihood.wide ps

                    if dbm.Depth = 1 then
                        Tensor.toDoubles -(Dbm.freeOf dbm ps (given dbm [ 0, v ]))
                    else
                        let which = smaller "logLikelihood" dbm [ Dbm.parity dbm 1; List.tail (Dbm.parity dbm 0) ]

                        summed dbm ps which v.Shape[0] (fun i -> [ 0, Tensor.slice 0 i (i + 1) v ]))

            Tensor.ofDoubles [ logs.Length ] (logs |> Array.map (fun log -> log - logZ))

        /// ln Z by annealed importance sampling: so many chains go from the base model of independent units, visible ones with the
        /// biases `start`, [visible] (`Rbm.baseRates`), and hidden ones with none, to the machine over so many inverse temperatures
        /// evenly from 0 to 1. Chains are of the even layers or of the odd ones, whichever have fewer units; the others are summed
        /// over (Neal 2001, https://arxiv.org/abs/physics/9803008; Salakhutdinov and Hinton 2009,
        /// http://proceedings.mlr.press/v5/salakhutdinov09a.html). Too small on average, as `Rbm.annealed`. Discrete units.
        let annealed (betas: int) (chains: int) (start: Tensor) (key: Key) (dbm: Dbm) (ps: Params) : LogZ =
            if start.Shape <> [| Dbm.countOf dbm 0 |] then
                invalidArg
                    (nameof start)
                    $"annealed: the base model has a bias for each of the {Dbm.countOf dbm 0} visible units, but was given {start}"

            match Dbm.unitsOf dbm 0 with
            | Units.Gaussian
            | Units.Rectified ->
                invalidArg
                    (nameof dbm)
                    $"annealed: all units are discrete, but the visible ones are {Dbm.unitsOf dbm 0}"
            | _ -> ()

            if chains < 1 then
                invalidArg (nameof chains) $"annealed: there is at least one chain, not {chains}"

            let at = Rbm.ladder "annealed" betas
            let sides = [ Dbm.parity dbm 0; Dbm.parity dbm 1 ]

            let moving = List.minBy (sizeOf dbm) sides
            let summed = sides |> List.find (fun side -> side <> moving)

            Scope.value (fun () ->
                let ps = RbmLearning.constants ps
                let biases = [| for i in 0 .. dbm.Depth -> Dbm.biasOf dbm ps i |]

                let first = [| for i in 0 .. dbm.Depth -> if i = 0 then start else Tensor.zerosLike biases[i] |]

                let bias beta i = first[i] + beta * (biases[i] - first[i])

                let draw key beta i (acts: Tensor) =
                    UnitsMath.draw (Dbm.unitsOf dbm i) (Key.child i key) (bias beta i + beta * acts)

                // What the neighbours of a layer add to its input.
                let acts (x: Tensor[]) i = Dbm.inputOf dbm ps i (Array.get x) - biases[i]

                // ln of the unnormalised probability of the moving layers.
                let log (x: Tensor[]) (acts: Map<int, Tensor>) beta =
                    [
                        for i in moving -> Tensor.matmul x[i] (bias beta i)
                        for i in summed -> UnitsMath.logPartition (Dbm.unitsOf dbm i) (bias beta i + beta * acts[i])
                    ]
                    |> List.reduce (+)

                let step k (x: Tensor[], logs: Tensor) =
                    let key, next = Key.child (k + 1) key, at (k + 1)
                    let before = Map.ofList [ for i in summed -> i, acts x i ]
                    let gained = log x before next - log x before (at k)
                    let x = Array.copy x

                    for i in summed do
                        x[i] <- draw key next i before[i]

                    for i in moving do
                        x[i] <- draw key next i (acts x i)

                    x, logs + Tensor.cast Dtype.Float64 gained

                let begin' () =
                    [|
                        for i in 0 .. dbm.Depth ->
                            draw (Key.child 0 key) 0.0 i (Tensor.zerosOf start.Dtype [ chains; Dbm.countOf dbm i ])
                    |],
                    Tensor.zerosOf Dtype.Float64 [ chains ]

                let _, logs = Loop.fold (fun (x, logs) -> Array.append [| logs |] x) step (betas - 1) begin'

                let logZ0 =
                    [
                        for i in 0 .. dbm.Depth ->
                            UnitsMath.logPartition (Dbm.unitsOf dbm i) (Tensor.unsqueeze 0 first[i])
                    ]
                    |> List.reduce (+)

                Rbm.estimate (Tensor.toFloat (Tensor.sum logZ0)) (Tensor.toDoubles logs))
