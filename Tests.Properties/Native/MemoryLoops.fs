/// Loops of a user's own, written without knowing of scopes, sums over many states and a training: what memory tests and hunts run.
module MemoryLoops

open System.Diagnostics
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

module D = Differentiation

let private key = Key.ofSeed 9
/// A square of normal numbers, always the same.
let square size = Random.normal [ size; size ] key
let private wide = Structure.both Structure.tensor Structure.tensor

let private half (x: Tensor) = 0.5 * Tensor.sumOver 1 (Tensor.square x)
let private walk = Metropolis.walk 0.1 half

let private tempered =
    Tempering.parallelTempering [ 1.0; 2.0 ] half (fun t -> Metropolis.walk 0.1 (Energy.tempered t half))

let private bits (x: Tensor) = Tensor.cast Dtype.Float32 (Tensor.gtNumber 0.0 x)

/// What a loop does at each step, by name.
let loops: (string * (int -> Tensor -> Tensor)) list =
    let energy (x: Tensor) = Tensor.sum (Tensor.tanh (x * x))
    let own = D.custom Tensor.tanh (fun _ y c -> c * (1.0 - y * y))

    [
        "add", (fun _ x -> x + x)
        "grad", (fun _ x -> D.grad energy x)
        "jacobianv", (fun _ x -> D.jacobianv Tensor.tanh x x)
        "hessianv", (fun _ x -> D.hessianv energy x x)
        "gradOf", (fun _ x -> D.gradOf wide (fun (a, b) -> energy (a * b)) (x, x) |> fst)
        "custom", (fun _ x -> D.grad (own >> energy) x)
        "custom, twice", (fun _ x -> D.hessianv (own >> energy) x x)
        "checkpoint", (fun _ x -> D.grad (D.checkpoint Tensor.tanh >> energy) x)
        "raised",
        (fun _ x ->
            try
                D.grad (D.custom Tensor.tanh (fun _ _ _ -> failwith "no") >> energy) x
            with error when error.Message = "no" ->
                x)
        "Kernel.step",
        (fun i x ->
            let struct (next, _) = Kernel.step (Key.child i key) (Kernel.init x walk) walk
            Kernel.position next)
        "Kernel.run", (fun i x -> Kernel.run 3 (Key.child i key) (Langevin.hamiltonian 0.01 2 half) x)
        "Kernel.sample",
        (fun i x -> Kernel.sample 1 3 (Key.child i key) tempered x |> fst |> Tensor.unstack 0 |> Array.last)
        "flips", (fun i x -> Kernel.run 3 (Key.child i key) (Gibbs.site Units.Bernoulli half) (bits x))
        "Rbm.persistent",
        (fun i x ->
            let rbm = Rbm.bernoulli 100 20
            let ps = Rbm.init 0.1 key rbm
            let moment = { Step = i; Key = Key.child i key }
            let state = Node [ "chains", Leaf(bits x) ]
            let made = Rule.estimate (Rbm.persistent 100 2 0.1 rbm) moment ps state (bits x)
            Tree.leaf [ "chains" ] made.State)
        "Rbm.annealed",
        (fun i x ->
            let rbm = Rbm.bernoulli 100 20
            let ps = Rbm.init 0.1 key rbm
            Rbm.annealed 5 50 (Tensor.zeros [ 100 ]) (Key.child i key) rbm ps |> ignore
            x)
    ]

/// Prints the peak of resident memory in bytes after half of the steps of a loop over tensors of this size, and after all.
let child name size steps =
    let step = loops |> List.find (fst >> (=) name) |> snd
    let x = square size
    let mutable last = x

    for i in 1..steps do
        last <- step i x

        if i = steps / 2 || i = steps then
            Process.GetCurrentProcess().Refresh()
            printfn $"{Process.GetCurrentProcess().PeakWorkingSet64}"

/// A machine of two halves that do not act on each other, so that ln Z is the sum of theirs: it, and each half.
let halves (visible: int) (hidden: int) : struct (Rbm * Params) * struct (Rbm * Params) list =
    let half i =
        let rbm = Rbm.bernoulli (visible / 2) (hidden / 2)
        let draw j shape = 0.3 * Random.normal shape (Key.child j (Key.child i key))
        let ps = Rbm.parameters (draw 0 [ visible / 2; hidden / 2 ]) (draw 1 [ visible / 2 ]) (draw 2 [ hidden / 2 ])
        struct (rbm, ps)

    let parts = [ half 0; half 1 ]
    let at name = [ for struct (_, ps) in parts -> (Tree.leaf [ name ] ps).Value ]
    let none = Tensor.zeros [ visible / 2; hidden / 2 ]
    let w = at "weight"
    let weight = Tensor.cat 0 [ Tensor.cat 1 [ w[0]; none ]; Tensor.cat 1 [ none; w[1] ] ]
    let ps = Rbm.parameters weight (Tensor.cat 0 (at "visible")) (Tensor.cat 0 (at "hidden"))
    struct (Rbm.bernoulli visible hidden, ps), parts

/// The name of a sum whose value is known.
let hidden22 = "ln Z of 22 hidden units"

/// Sums over many states, whose numbers are many times what is held at once.
let sums: (string * (unit -> float)) list =
    [
        // 2^22 states of 24 visible units in float64: 800 MB.
        hidden22,
        (fun () ->
            let struct (rbm, ps), _ = halves 24 22
            Rbm.logPartition rbm ps)
        // 3,000 samples beside 2^12 states of 18 units: 880 MB.
        "likelihood of a Boltzmann machine",
        (fun () ->
            let machine = Boltzmann.create 6 12 1.0
            let v = Random.bernoulli 0.5 [ 3000; 6 ] key
            Tensor.toFloat (Tensor.mean (Boltzmann.logLikelihood machine (Boltzmann.init 0.3 key machine) v)))
        "gradient of a Boltzmann machine",
        (fun () ->
            let rule = Boltzmann.exact 0.3 (Boltzmann.create 6 12 1.0)
            let struct (ps, state) = Rule.init key rule
            let v = Random.bernoulli 0.5 [ 3000; 6 ] key
            Tensor.toFloat (Rule.estimate rule { Step = 0; Key = key } ps state v).Loss)
        // 1,000 contexts beside 2^13 states of 16 units: 520 MB, and as much again for each step of the sum.
        "likelihood under contexts",
        (fun () ->
            let conditional = ConditionalRbm.create 3 (Rbm.bernoulli 16 13)
            let v = Random.bernoulli 0.5 [ 1000; 16 ] key
            let ps, context = ConditionalRbm.init 0.3 key conditional, Random.normal [ 1000; 3 ] key
            Tensor.toFloat (Tensor.mean (ConditionalRbm.logLikelihood conditional ps context v)))
    ]


/// Steps of conv, batch norm, ReLU, pool and dropout, twice.
let train (steps: int) =
    let block inputs outputs =
        conv2dWith { Convolution.standard with Padding = Padding.Same } inputs outputs [ 3 ]
        --> batchNorm outputs
        --> relu
        --> maxpool2d 2
        --> dropout 0.2

    let layer = block 1 8 --> block 8 16 --> flatten --> dense 144 10
    let data = Dataset.create (Random.normal [ 200; 1; 12; 12 ] key) (Random.integers 0L 10L [ 200 ] key)
    let batches = Dataset.batches 16 (1 + steps / 12) key data |> Batches.take steps
    let momentum = Optimizer.momentum (Schedule.constant 0.01) 0.9
    let rule = Rule.ofLoss Loss.crossEntropy layer

    // A snapshot every ten steps, looked at and let go.
    for snapshot in Training.run 10 rule momentum batches (Training.start rule momentum key) do
        Tensor.toFloat snapshot.Loss |> ignore

/// Prints the peak of resident memory in bytes after half of the steps of a convolutional network's training, and after all.
let trainingChild (steps: int) =
    for part in [ steps / 2; steps ] do
        train part
        Process.GetCurrentProcess().Refresh()
        printfn $"{Process.GetCurrentProcess().PeakWorkingSet64}"
