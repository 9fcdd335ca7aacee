/// A user's own loops, written without knowing of scopes, hold nothing back and leave little to be collected; nor do the library's.
module MemoryTests

open System.Diagnostics
open Expecto
open Functional
open Functional.FSharp
open Functional.FSharp.Layers
open Support

module D = Differentiation

let private key = Key.ofSeed 9
let private square size = Random.normal [ size; size ] key
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

let private hidden22 = "ln Z of 22 hidden units"

// Sums over many states, whose numbers are many times what is held at once.
let private sums: (string * (unit -> float)) list =
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


// Steps of conv, batch norm, ReLU, pool and dropout, twice.
let private train (steps: int) =
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

/// What came of a piece of work, and what each run of it did to memory.
type private Measured = { Value: float; Uses: MemoryUse.Use list }

let private once (run: unit -> float) : Measured =
    let value = ref nan
    let used = MemoryUse.watched (fun () -> value.Value <- run ())
    { Value = value.Value; Uses = [ used ] }

// A leak is seen in two runs, what is made once and kept in one of them only.
let private twice (run: unit -> float) : Measured =
    let first = once run
    let second = once run
    { Value = second.Value; Uses = first.Uses @ second.Uses }

let private additions = [ 8, 500_000; 40, 80_000; 100, 12_800 ]
let private loopSteps, trainingSteps, snapshotSteps, batchSteps = 150, 150, 300, 100
let private kept name keepOneIn = $"snapshots, {name}, of which one in {keepOneIn} is kept"
let private ahead count = $"batches made {count} ahead"

// All that is measured, by name. The work is done a while before, so that what is made once is there.
let private works: (string * (unit -> Measured)) list =
    let discard (work: unit -> unit) () =
        work ()
        0.0

    [
        for size, steps in additions do
            let x = square size

            let go () =
                for _ in 1..steps do
                    x + x |> ignore

            $"additions of {size}", (fun () -> once (discard go))
        for name, step in loops.Tail do
            let x = square 100
            let last = ref x

            let go steps =
                for i in 1..steps do
                    last.Value <- step i x

            name,
            (fun () ->
                go 40
                twice (discard (fun () -> go loopSteps)))
        "training",
        (fun () ->
            train 40
            twice (discard (fun () -> train trainingSteps)))
        for name, transform in TrainingTests.transforms do
            for keepOneIn in [ 0; 10 ] do
                let run () = float (TrainingTests.keeping keepOneIn snapshotSteps transform)

                kept name keepOneIn,
                (fun () ->
                    TrainingTests.keeping 0 20 transform |> ignore
                    twice run)
        for count in [ 0; 4 ] do
            ahead count,
            (fun () ->
                PrefetchTests.trained count 10 |> ignore
                twice (fun () -> PrefetchTests.trained count batchSteps))
        for name, sum in sums do
            name, (fun () -> once sum)
    ]

/// Measures all, in a process in which nothing else runs and nothing was kept before: a line for each.
let measure () =
    for name, work in works do
        let measured = work ()
        let uses = [ for found in measured.Uses -> $"\t{found.Held}\t{found.Peak}" ] |> String.concat ""
        printfn $"{name}\t{measured.Value:R}{uses}"

let private measured: Lazy<Map<string, Measured>> =
    lazy
        (match runChild [ "child"; "memory" ] with
         | 0, output ->
             Map
                 [
                     for line in output.Trim().Split '\n' do
                         match List.ofArray (line.Split '\t') with
                         | name :: value :: numbers ->
                             let uses: MemoryUse.Use list =
                                 [
                                     for pair in List.chunkBySize 2 numbers ->
                                         { Held = int64 pair[0]; Peak = int64 pair[1] }
                                 ]

                             name, { Value = float value; Uses = uses }
                         | _ -> ()
                 ]
         | code, output -> failtest $"the child ended with {code}: {output}")

let private held (name: string) = measured.Value[name].Uses |> List.map _.Held |> List.min
let private peak (name: string) = measured.Value[name].Uses |> List.map _.Peak |> List.max

let private expectAtMost (limit: int64) what (found: int64) = Expect.isLessThanOrEqual found limit $"bytes {what}"

let tests =
    testList
        "memory"
        [
            for size, _ in additions do
                test $"additions of {size}×{size} leave at most 64 MB to be collected, of 512 MB" {
                    expectAtMost (64L <<< 20) "in use" (peak $"additions of {size}")
                }

            for name, _ in loops.Tail do
                test $"{name}: a loop over 100×100 numbers holds nothing back" {
                    // A tensor has 40 kB; a leak of 2 kB a step is seen.
                    expectAtMost (int64 loopSteps * 2048L) "held afterwards" (held name)
                    expectAtMost (48L <<< 20) "in use" (peak name)
                }

            test "a step of training frees what it made: conv, batch norm, ReLU, pool, dropout, twice" {
                // A step makes some 2 MB; a leak of 2 kB a step is seen.
                expectAtMost (int64 trainingSteps * 2048L) "held afterwards" (held "training")
                expectAtMost (16L <<< 20) "in use" (peak "training")
            }

            for name, _ in TrainingTests.transforms do
                test $"snapshots that nobody keeps are freed, and nothing else is held ({name})" {
                    for keepOneIn in [ 0; 10 ] do
                        let name = kept name keepOneIn
                        let bytes = int64 measured.Value[name].Value
                        Expect.equal (bytes > 20_000_000L) (keepOneIn > 0) "bytes kept"
                        // Snapshots of 246 MB are made. A leak of 4 kB a step is seen.
                        expectAtMost (int64 snapshotSteps * 4096L) "held afterwards" (held name)
                        expectAtMost (bytes + bytes / 8L + (80L <<< 20)) "in use" (peak name)
                }

            test "batches made ahead are freed, and little more is in use than without" {
                let fetched, without = ahead 4, ahead 0

                Expect.equal measured.Value[fetched].Value measured.Value[without].Value "the same loss, to the bit"

                // A batch that stays would show as 2 MB a step, what it is cut from as as much again.
                expectAtMost (int64 batchSteps * 4096L) "held afterwards" (held fetched)
                // Five batches with all that they came from, 6.3 MB each.
                expectAtMost 32_000_000L "in use more than without" (peak fetched - peak without)
            }

            for name, _ in sums do
                test $"{name}: the sum uses at most 200 MB" {
                    let value = measured.Value[name].Value
                    expectAtMost (200L <<< 20) "in use" (peak name)
                    Expect.isTrue (abs value < infinity) "the sum itself"

                    if name = hidden22 then
                        let _, parts = halves 24 22
                        let apart = parts |> List.sumBy (fun (struct (rbm, ps)) -> Rbm.logPartition rbm ps)
                        expectClose 1e-10 "ln Z is that of both halves" [| apart |] [| value |]
                }
        ]
    |> testSequencedGroup "memory"
