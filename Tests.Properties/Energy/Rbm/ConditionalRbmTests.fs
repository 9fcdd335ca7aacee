/// Restricted Boltzmann machines under contexts: for each context a machine with biases of its own.
module ConditionalRbmTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support
open Targets
open RbmTests

let private key = Key.ofSeed 80
let private moment = { Step = 0; Key = key }

let private conditionalOf pair seed =
    let rbm, ps = machineOf pair seed
    let draw i shape = Leaf { Role = Role.Weight; Value = 0.5 * doubles shape (100 * seed + 10 + i) }

    let ps =
        ps
        |> Tree.set
            [ "context" ]
            (Node [ "hidden", draw 0 [ 3; rbm.HiddenCount ]; "visible", draw 1 [ 3; rbm.VisibleCount ] ])

    ConditionalRbm.create 3 rbm, ps

let private contexts () = doubles [ 6; 3 ] 3
let private value path (ps: Params) = (Tree.leaf path ps).Value
let private row i (x: Tensor) = Tensor.slice 0 i (i + 1) x

// The plain machine's parameters under one context [1; 3].
let private under (ps: Params) (c: Tensor) =
    let biases layer = value [ layer ] ps + Tensor.squeeze 0 (Tensor.matmul c (value [ "context"; layer ] ps))
    Rbm.parameters (value [ "weight" ] ps) (biases "visible") (biases "hidden")

let tests =
    testList
        "conditional restricted Boltzmann machines"
        [
            for pair in everyPair do
                test $"{pair}: for each context the machine with its biases" {
                    let conditional, ps = conditionalOf pair 1
                    let context = contexts ()
                    let rbm = conditional.Machine
                    let v, h = someStates (fst pair) 6 2, someStates (snd pair) 6 4
                    let free = ConditionalRbm.freeEnergy conditional ps context v
                    let hidden = ConditionalRbm.hiddenMeans conditional ps context v
                    let visible = ConditionalRbm.visibleMeans conditional ps context h

                    for i in 0..5 do
                        let own = under ps (row i context)
                        let same what (a: Tensor) b = expectClose 1e-12 what (Tensor.toDoubles a) (Tensor.toDoubles b)
                        same "free energy" (Rbm.freeEnergy rbm own (row i v)) (row i free)
                        same "hidden" (Rbm.hiddenMeans rbm own (row i v)) (row i hidden)
                        same "visible" (Rbm.visibleMeans rbm own (row i h)) (row i visible)
                }

                test $"{pair}: contrastive divergence by the moments of data and samples" {
                    let conditional, ps = conditionalOf pair 1
                    let context = contexts ()
                    let v = someStates (fst pair) 6 2
                    let rule = ConditionalRbm.contrastiveDivergence 2 0.1 conditional
                    let made = Rule.estimate rule moment ps Tree.empty (struct (v, context))
                    let samples = Kernel.run 2 key (ConditionalRbm.gibbs conditional ps context) v

                    let moments v =
                        let h = ConditionalRbm.hiddenMeans conditional ps context v
                        let with' (x: Tensor) (y: Tensor) = Tensor.matmul (Tensor.transpose 0 1 x) y / 6.0

                        [
                            "context/hidden", with' context h
                            "context/visible", with' context v
                            "hidden", Tensor.meanOver 0 h
                            "visible", Tensor.meanOver 0 v
                            "weight", with' v h
                        ]

                    for (path, data), (_, model) in List.zip (moments v) (moments samples) do
                        let found: Tensor = Tree.leaf (List.ofArray (path.Split '/')) made.Gradients
                        expectClose 1e-10 path (Tensor.toDoubles (model - data)) (Tensor.toDoubles found)

                    let free v = Tensor.mean (ConditionalRbm.freeEnergy conditional ps context v)
                    expectClose 1e-12 "loss" [| Tensor.toFloat (free v - free samples) |] [| Tensor.toFloat made.Loss |]
                }

            for pair in
                [
                    Units.Bernoulli, Units.Spin
                    Units.Spin, Units.Gaussian
                    Units.Gaussian, Units.Bernoulli
                    Units.Softmax 3, Units.Spin
                ] do
                test $"{pair}: the likelihood under each context is the plain machine's" {
                    let conditional, ps = conditionalOf pair 2
                    let context = contexts ()
                    let v = someStates (fst pair) 6 5
                    let found = ConditionalRbm.logLikelihood conditional ps context v

                    let expected =
                        [|
                            for i in 0..5 do
                                let own = under ps (row i context)
                                let z = Rbm.logPartition conditional.Machine own
                                Tensor.toFloat (Rbm.logLikelihood z conditional.Machine own (row i v))
                        |]

                    expectClose 1e-10 "ln p(v | c)" expected (Tensor.toDoubles found)
                }

            test "probabilities are accepted as data, as by the machine itself" {
                let conditional, ps = conditionalOf (Units.Bernoulli, Units.Bernoulli) 1
                let rule = ConditionalRbm.contrastiveDivergence 1 0.1 conditional
                let grey = 0.5 + 0.3 * Tensor.sin (doubles [ 6; 2 ] 9)
                let made = Rule.estimate rule moment ps Tree.empty (struct (grey, contexts ()))
                let samples = Kernel.run 1 key (ConditionalRbm.gibbs conditional ps (contexts ())) grey
                let slope = Tensor.meanOver 0 samples - Tensor.meanOver 0 grey
                let found = Tree.leaf [ "visible" ] made.Gradients
                expectClose 1e-10 "visible biases" (Tensor.toDoubles slope) (Tensor.toDoubles found)
            }

            test "several blocks of contexts and of states say what single contexts say" {
                // 2^15 states of two blocks of 2^14, of which 2^21 numbers hold 8 contexts at once.
                let conditional = ConditionalRbm.create 2 (Rbm.bernoulli 16 15)
                let ps = ConditionalRbm.init 0.4 key conditional |> widenParams
                let context = doubles [ 11; 2 ] 4
                let v = Random.bernoulli 0.5 [ 11; 16 ] key |> Tensor.cast Dtype.Float64
                let found = ConditionalRbm.logLikelihood conditional ps context v |> Tensor.toDoubles

                for i in [ 0; 7; 8; 10 ] do
                    let own = under ps (row i context)
                    let z = Rbm.logPartition conditional.Machine own
                    let expected = Rbm.logLikelihood z conditional.Machine own (row i v) |> Tensor.toFloat
                    expectClose 1e-11 $"context {i}" [| expected |] [| found[i] |]
            }

            test "with many sweeps the gradient is that of the likelihood" {
                let conditional, ps = conditionalOf (Units.Bernoulli, Units.Bernoulli) 3
                let context = contexts ()
                let v = someStates Units.Bernoulli 6 6

                let exact =
                    Differentiation.gradParams
                        (fun ps -> -(Tensor.mean (ConditionalRbm.logLikelihood conditional ps context v)))
                        ps

                let many = 4000
                let rule = ConditionalRbm.contrastiveDivergence 30 0.1 conditional
                let batch = struct (Tensor.repeat 0 many v, Tensor.repeat 0 many context)
                let made = Rule.estimate rule moment ps Tree.empty batch
                // Means of 24,000 samples, each of variance at most 1/4 times that of its context.
                let error = 0.5 * Tensor.toFloat (Tensor.max (Tensor.abs context)) / sqrt 24000.0

                Tree.map2
                    (fun (a: Tensor) (b: Tensor) ->
                        Array.iter2
                            (fun a b -> expectLess (abs (a - b)) (5.0 * error) $"{a}, was {b}")
                            (Tensor.toDoubles a)
                            (Tensor.toDoubles b))
                    exact
                    made.Gradients
                |> ignore
            }

            test "learning to copy the context" {
                let conditional = ConditionalRbm.create 4 (Rbm.bernoulli 4 3)
                let v = Energy.enumerate 4
                let rule = ConditionalRbm.contrastiveDivergence 1 0.01 conditional
                let batches = Batches.init 300 (fun _ -> struct (v, v))
                let fitted = Training.fit rule (Optimizer.adam (Schedule.constant 0.05)) batches key
                let likelihood ps = Tensor.toFloat (Tensor.mean (ConditionalRbm.logLikelihood conditional ps v v))
                let struct (first, _) = Rule.init key rule
                expectLess (likelihood first) -2.5 "4·ln 2 at first"
                expectMore (likelihood fitted.Params) -0.5 "then nearly certain"
            }

            test "contexts and units of other shapes are refused" {
                let conditional, ps = conditionalOf (Units.Bernoulli, Units.Bernoulli) 1
                let context = contexts ()
                let v = someStates Units.Bernoulli 6 2

                expectError<ArgumentException> [ "context of 3 numbers"; "[6; 2]" ] (fun () ->
                    ConditionalRbm.freeEnergy conditional ps (doubles [ 6; 2 ] 1) v |> ignore)

                expectError<ArgumentException> [ "context of 3 numbers"; "[5; 3]" ] (fun () ->
                    ConditionalRbm.hiddenMeans conditional ps (doubles [ 5; 3 ] 1) v |> ignore)

                expectError<ArgumentException> [ "context/hidden"; "[3; 2]" ] (fun () ->
                    let wrong =
                        Tree.set [ "context"; "hidden" ] (Leaf { Role = Role.Weight; Value = doubles [ 2; 2 ] 1 }) ps

                    ConditionalRbm.hiddenMeans conditional wrong context v |> ignore)

                expectError<ArgumentException> [ "at least one number"; "0" ] (fun () ->
                    ConditionalRbm.create 0 (Rbm.bernoulli 2 2) |> ignore)

                expectError<ArgumentException> [ "at least 1"; "0" ] (fun () ->
                    ConditionalRbm.contrastiveDivergence 0 0.1 conditional |> ignore)

                expectError<ArgumentException> [ "0 or 1"; "1.5" ] (fun () ->
                    let rule = ConditionalRbm.contrastiveDivergence 1 0.1 conditional
                    Rule.estimate rule moment ps Tree.empty (struct (Tensor.fullLike 1.5 v, context)) |> ignore)

                expectError<ArgumentException> [ "0 or 1"; "0.5" ] (fun () ->
                    ConditionalRbm.logLikelihood conditional ps context (Tensor.fullLike 0.5 v) |> ignore)

                expectError<ArgumentException> [ "30 units"; "25" ] (fun () ->
                    let big = ConditionalRbm.create 3 (Rbm.bernoulli 40 30)
                    let v = Tensor.zeros [ 6; 40 ]

                    ConditionalRbm.logLikelihood big (ConditionalRbm.init 0.1 key big) (Tensor.ones [ 6; 3 ]) v
                    |> ignore)

                expectError<ArgumentException> [ "Gaussian" ] (fun () ->
                    let conditional, ps = conditionalOf (Units.Gaussian, Units.Rectified) 1
                    let context = contexts ()
                    ConditionalRbm.logLikelihood conditional ps context (doubles [ 6; 2 ] 1) |> ignore)
            }
        ]
