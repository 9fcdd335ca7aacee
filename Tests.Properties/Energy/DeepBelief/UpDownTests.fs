/// The contrastive up-down rule against derivatives of what each way says of the other's units.
module UpDownTests

open Expecto
open Functional
open Functional.FSharp
open Support
open Targets
open DbnTests

let private key = Key.ofSeed 83
let private moment = { Step = 2; Key = key }

// The mean over samples of -ln p(target | x) of independent bits.
let private surprise (weight: Tensor) (bias: Tensor) (x: Tensor) (target: Tensor) =
    let u = Tensor.matmul x weight + bias
    Tensor.sum (Tensor.softplus u - target * u) / float x.Shape[0]

let private leaf path (ps: Params) = (Tree.leaf path ps).Value
let private bits count units seed = Random.bernoulli 0.5 [ count; units ] (Key.ofSeed seed) |> Tensor.cast Dtype.Float64

// Up and down differ: the weights of one way are not those of the other turned over.
let private parted (ps: Params) : Params =
    ps |> Tree.map (fun p -> { p with Value = p.Value + 0.3 * doubles (List.ofArray p.Value.Shape) 7 })

let tests =
    testList
        "up and down"
        [
            test "the first parameters are the machines' own" {
                let dbn = networkOf [ 4; 3; 2 ] 1.0 1
                let struct (ps, state) = Rule.init key (Dbn.upDown 1 dbn)
                Expect.isEmpty (Tree.values state) "no state"
                let struct (_, below) = (Dbn.machines dbn).Head
                let struct (_, top) = List.last (Dbn.machines dbn)
                expectSame "up" (leaf [ "weight" ] below) (leaf [ "0"; "up"; "weight" ] ps)
                expectSame "down" (Tensor.transpose 0 1 (leaf [ "weight" ] below)) (leaf [ "0"; "down"; "weight" ] ps)
                expectSameTree "top" (Params.values top) (Params.values (Tree.get [ "top" ] ps))
                let again = Dbn.afterUpDown ps dbn
                expectSame "the bound, without learning" (Dbn.bound dbn (bits 5 4 1)) (Dbn.bound again (bits 5 4 1))
            }

            test "gradients are derivatives of what each way says of the units drawn the other way" {
                let dbn = networkOf [ 5; 4; 3; 2 ] 1.0 2
                let rule = Dbn.upDown 3 dbn
                let struct (ps, state) = Rule.init key rule
                let ps = parted ps
                let v = bits 6 5 3
                let made = Rule.estimate rule moment ps state v
                let own way i = Key.child i (Key.child way key)

                let draw way i name (x: Tensor) =
                    let at what = leaf [ string i; name; what ] ps
                    Random.bernoulliEach (Tensor.sigmoid (Tensor.matmul x (at "weight") + at "bias")) (own way i)

                let h1 = draw 0 0 "up" v
                let h2 = draw 0 1 "up" h1
                let struct (top, _) = List.last (Dbn.machines dbn)
                let topPs = Tree.get [ "top" ] ps
                let made2 = Kernel.run 3 (own 1 0) (Rbm.gibbs top topPs) h2
                let s1 = draw 2 1 "down" made2
                let s0 = draw 2 0 "down" s1

                let loss (ps: Params) =
                    let at i name x target =
                        surprise (leaf [ string i; name; "weight" ] ps) (leaf [ string i; name; "bias" ] ps) x target

                    let top' = Tree.get [ "top" ] ps
                    let free x = Tensor.mean (Rbm.freeEnergy top top' x)

                    at 0 "down" h1 v + at 1 "down" h2 h1 + at 0 "up" s0 s1 + at 1 "up" s1 made2 + free h2 - free made2

                let expected = Differentiation.gradParams loss ps

                for (path, a), (path', b) in List.zip (Tree.leaves expected) (Tree.leaves made.Gradients) do
                    Expect.equal path' path "the same paths"
                    expectClose 1e-10 path (Tensor.toDoubles a) (Tensor.toDoubles b)

                let back =
                    Tensor.sigmoid (
                        Tensor.matmul h1 (leaf [ "0"; "down"; "weight" ] ps) + leaf [ "0"; "down"; "bias" ] ps
                    )

                expectClose
                    1e-10
                    "loss"
                    [| Tensor.toFloat (Tensor.mean (Tensor.square (back - v))) |]
                    [| Tensor.toFloat made.Loss |]
            }

            test "both ways stay apart: samples go down by one, features and layers go up by the other" {
                let dbn = networkOf [ 4; 3; 2 ] 1.0 1
                let struct (ps, _) = Rule.init key (Dbn.upDown 1 dbn)
                let ps = parted ps
                let learnt = Dbn.afterUpDown ps dbn
                let v = bits 5 4 1
                let struct (top, topPs) = List.last (Dbn.machines learnt)

                let up =
                    Tensor.sigmoid (Tensor.matmul v (leaf [ "0"; "up"; "weight" ] ps) + leaf [ "0"; "up"; "bias" ] ps)

                let expected = Rbm.hiddenMeans top (Tree.get [ "top" ] ps) up |> Tensor.toDoubles
                expectClose 1e-12 "features" expected (Tensor.toDoubles (Dbn.features learnt v))

                // The layer before its own outputs.
                let struct (layerPs, _) = Layer.init key (Dbn.toLayer 3 learnt)
                expectSame "layer" (leaf [ "0"; "up"; "weight" ] ps) (leaf [ "0"; "weight" ] layerPs)
                expectSame "its bias" (leaf [ "0"; "up"; "bias" ] ps) (leaf [ "0"; "bias" ] layerPs)
                expectSame "its top" (leaf [ "weight" ] topPs) (leaf [ "2"; "weight" ] layerPs)

                // The way down: one sweep of the top machine, then the means of the lowest units.
                let start = bits 5 3 2
                let h = Rbm.drawHidden top topPs (Key.child 1 key) (Kernel.run 0 key (Rbm.gibbs top topPs) start)
                let middle = Rbm.drawVisible top topPs (Key.child 2 key) h

                let down =
                    Tensor.matmul middle (leaf [ "0"; "down"; "weight" ] ps) + leaf [ "0"; "down"; "bias" ] ps
                    |> Tensor.sigmoid
                    |> Tensor.toDoubles

                expectClose 1e-12 "samples" down (Tensor.toDoubles (Dbn.sampleFrom 1 start key learnt))

                let struct (_, found) = (Dbn.recognition learnt).Head
                expectSame "recognition" (leaf [ "0"; "up"; "weight" ] ps) (leaf [ "weight" ] found)

                // Going on from there begins where it ended.
                let struct (again, _) = Rule.init key (Dbn.upDown 1 learnt)
                expectSameTree "parameters" (Params.values ps) (Params.values again)
                // With any posterior the bound is one; that of another network's way up differs.
                expectMore
                    (Tensor.toFloat (
                        Tensor.max (Tensor.abs (Dbn.bound learnt v - Dbn.bound (Dbn.create (Dbn.machines learnt)) v))
                    ))
                    1e-3
                    "the posterior is that of the way up"

                expectSame
                    "tied keeps both"
                    (Dbn.features learnt v)
                    (Dbn.features (Dbn.create (Dbn.recognition learnt)) v)

                Expect.equal (Dbn.recognition (Dbn.tied learnt)).Length 3 "one machine more"

                expectClose
                    1e-10
                    "and the bound"
                    (Tensor.toDoubles (Dbn.bound learnt v))
                    (Tensor.toDoubles (Dbn.bound (Dbn.tied learnt) v))
            }

            test "learning by it raises the bound on what was seen" {
                let dbn = networkOf [ 4; 3; 2 ] 0.1 6
                let patterns = Tensor.ofDoubles [ 2; 4 ] [| 1.0; 1.0; 0.0; 0.0; 0.0; 0.0; 1.0; 1.0 |]
                let batches = Batches.init 600 (fun _ -> Tensor.repeat 0 50 patterns)
                let last = Training.fit (Dbn.upDown 1 dbn) (Optimizer.sgd (Schedule.constant 0.1)) batches key
                let learnt = Dbn.afterUpDown last.Params dbn
                let bound dbn = Tensor.toFloat (Tensor.mean (Dbn.bound dbn patterns))
                // Two patterns of equal chance: at best -ln 2.
                expectLess (bound learnt) (-log 2.0) "at most what two patterns allow"
                expectMore (bound learnt) (bound dbn + 0.5) "more than before"
            }
        ]
