/// Parts of training on their own: an optimizer without a network, and a network with and without the loading of its data.
module Parts

open System.Diagnostics
open TorchSharp
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Workload

/// Adam on 100 parameters of 1,000 numbers, with gradients that are there already.
let adam () =
    let key = Key.ofSeed 1
    let count, size, rate = 100, 1000, 1e-3
    let values = [| for i in 0 .. count - 1 -> Random.normal [ size ] (Key.child i key) |]
    let slopes = [| for i in 0 .. count - 1 -> Random.normal [ size ] (Key.child (count + i) key) |]
    let tree (f: int -> 'a) = Node [ for i in 0 .. count - 1 -> string i, Leaf(f i) ]
    let ps: Params = tree (fun i -> { Role = Role.Weight; Value = values[i] })
    let gradients: Gradients = tree (fun i -> slopes[i])
    let loss = Tensor.scalar 1.0

    let rule =
        Rule.create (fun _ -> struct (ps, Tree.empty)) (fun _ _ state () ->
            { Loss = loss; Gradients = gradients; State = state })

    let transform = Optimizer.adam (Schedule.constant rate)
    let start = Training.start rule transform key

    let ours steps =
        let last = Training.run steps rule transform (Batches.init steps ignore) start |> Seq.last
        Tensor.toFloat (Tensor.sum (Tree.leaf [ "0" ] last.Params).Value)

    let theirs =
        let ps = values |> Array.map (fun v -> torch.nn.Parameter(v.Raw.clone ()))
        Array.iter2 (fun (p: Modules.Parameter) (g: Tensor) -> p.grad <- g.Raw.clone ()) ps slopes
        let optimizer = torch.optim.Adam(ps, rate)

        fun steps ->
            for _ in 1..steps do
                use _ = torch.NewDisposeScope()
                optimizer.step () |> ignore

            float (ps[0].sum().ToSingle())

    { Name = "adam"; Steps = 400; Ours = ours; OneByOne = None; Theirs = theirs }

// The time that the loop of `loading` has spent in making batches and going on to the next, and all of its time.
let private waited, trained = Stopwatch(), Stopwatch()

/// The share of its time that the loop of `loading` has waited for data so far, if it has run.
let waiting () : float option =
    if trained.ElapsedTicks = 0L then
        None
    else
        Some(waited.Elapsed.TotalSeconds / trained.Elapsed.TotalSeconds)

/// LeNet-5 on 60,000 images in a new order each epoch, against the same on batches that are there already: 1 would be data
/// that cost nothing. How long the loop waits for data is told by `waiting`.
let loading () =
    let key = Key.ofSeed 2
    let inputs = Random.normal [ 60000; 1; 28; 28 ] key
    let data = Dataset.create inputs (Random.integers 0L 10L [ 60000 ] (Key.child 1 key))
    let layer = lenet5
    let rule = Rule.ofLoss Loss.crossEntropy layer
    let transform = Optimizer.adam (Schedule.constant 1e-3)
    let start = Training.start rule transform key
    let made = Dataset.batches 64 1 key data |> Batches.take 100 |> Batches.from 0 |> Array.ofSeq

    let train (batches: int -> Batches<Batch>) steps =
        let last = Training.run steps rule transform (batches steps) start |> Seq.last
        Tensor.toFloat last.Loss

    let watched (batches: Batches<Batch>) =
        let watch f =
            waited.Start()
            let result = f ()
            waited.Stop()
            result

        let from start =
            seq {
                use walk = watch (fun () -> (batches.From start).GetEnumerator())

                while watch walk.MoveNext do
                    let make = walk.Current
                    yield fun () -> watch make
            }

        Batches(batches.Depth, from)

    let ours steps =
        trained.Start()
        let loss = train (fun steps -> Dataset.batches 64 10 key data |> Batches.take steps |> watched) steps
        trained.Stop()
        loss

    {
        Name = "loading"
        Steps = 100
        Ours = ours
        OneByOne = None
        Theirs = train (fun steps -> Batches.cycle steps made)
    }
