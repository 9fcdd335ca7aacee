/// Restricted Boltzmann machines of 784 Bernoulli units and 500 hidden ones, batches of 100: learning by CD-1, and sampling.
module Machines

open TorchSharp
open Functional
open Functional.FSharp
open Workload

let private key = Key.ofSeed 3
let private machine = Rbm.bernoulli 784 500

let private batches = lazy [| for i in 0..19 -> Random.bernoulli 0.2 [ 100; 784 ] (Key.child i key) |]

// Numbers below probabilities are drawn by whichever of libtorch's two ways is the faster one.
let private drawn (p: torch.Tensor) = torch.rand_like(p).lt(p).``to`` torch.ScalarType.Float32

let rbm () =
    let batches = batches.Value
    let rule = Rbm.contrastiveDivergence 1 0.01 machine
    let transform = Optimizer.momentum (Schedule.constant 0.05) 0.5
    let start = Training.start rule transform key

    let ours every steps =
        let mutable last = nan

        for snapshot in Training.run every rule transform (Batches.cycle steps batches) start do
            last <- Tensor.toFloat snapshot.Loss

        last

    // In place: weights, biases and their velocities are written where they are.
    let theirs =
        let at path = (Tree.leaf path start.Params).Value.Raw.clone()
        let w, a, b = at [ "weight" ], at [ "visible" ], at [ "hidden" ]
        let dw, da, db = torch.zeros_like w, torch.zeros_like a, torch.zeros_like b

        fun steps ->
            use _ = torch.no_grad ()
            let mutable last = nan

            for step in 0 .. steps - 1 do
                use _ = torch.NewDisposeScope()
                let v = batches[step % batches.Length].Raw
                let p = b.addmm(v, w).sigmoid_()
                let v' = drawn (a.addmm(drawn p, w.t ()).sigmoid_())
                let q = b.addmm(v', w).sigmoid_()
                let n = float32 v.shape[0]
                // d <- 0.5·d + (data - samples)/n
                dw.mul_(0.5f.ToScalar()).addmm_(v.t (), p, 1f, 1f / n) |> ignore
                dw.addmm_ (v'.t (), q, 1f, -1f / n) |> ignore
                da.mul_(0.5f.ToScalar()).add_((v - v').mean [| 0L |]) |> ignore
                db.mul_(0.5f.ToScalar()).add_((p - q).mean [| 0L |]) |> ignore
                w.add_ (dw, 0.05f.ToScalar()) |> ignore
                a.add_ (da, 0.05f.ToScalar()) |> ignore
                b.add_ (db, 0.05f.ToScalar()) |> ignore

                if step = steps - 1 then
                    last <- float ((v - v').pow(2f.ToScalar()).mean().ToSingle())

            last

    {
        Name = "rbm"
        Steps = 60
        Ours = ours 100
        OneByOne = Some(ours 1)
        Theirs = theirs
    }

let gibbs () =
    let ps = Rbm.init 0.05 key machine
    let kernel = Rbm.gibbs machine ps
    let start = batches.Value[0]
    let at path = (Tree.leaf path ps).Value.Raw
    let w, a, b = at [ "weight" ], at [ "visible" ], at [ "hidden" ]

    let theirs steps =
        use _ = torch.no_grad ()
        let mutable v = start.Raw.clone ()

        for _ in 1..steps do
            use scope = torch.NewDisposeScope()
            let h = drawn (b.addmm(v, w).sigmoid_())
            let next = drawn (a.addmm(h, w.t ()).sigmoid_())
            let last = v
            v <- next.MoveToOuterDisposeScope()
            last.Dispose()

        let mean = float (v.mean().ToSingle())
        v.Dispose()
        mean

    {
        Name = "gibbs"
        Steps = 100
        Ours = fun steps -> Tensor.toFloat (Tensor.mean (Kernel.run steps key kernel start))
        OneByOne = None
        Theirs = theirs
    }
