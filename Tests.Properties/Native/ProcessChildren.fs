/// What is tested in processes of their own: their ends, waits, threads and nests.
module ProcessChildren

open System
open System.Collections.Concurrent
open System.Diagnostics
open System.Threading
open Functional
open Functional.FSharp
open Functional.FSharp.Layers

let private key = Key.ofSeed 7

let private network = conv2d 1 4 3 --> batchNorm 4 --> relu --> maxpool2d 2 --> flatten --> dense 16 5

let private images =
    Batches.init 1_000_000 (fun n ->
        struct (Random.normal [ 8; 1; 6; 6 ] (Key.child n key), Tensor.ofInts [ for i in 0..7 -> i % 5 ]))

let private rule = Rule.ofLoss Loss.crossEntropy network
let private adam = Optimizer.adam (Schedule.constant 0.01)

/// What another thread computes while the process ends.
let works: (string * (unit -> unit)) list =
    [
        "training", (fun () -> Training.fit rule adam images key |> ignore)
        "training on batches made ahead", (fun () -> Training.fit rule adam (Batches.prefetch 2 images) key |> ignore)
        "products",
        (fun () ->
            let a = Random.normal [ 300; 300 ] key

            while true do
                Scope.value (fun () -> Tensor.matmul a a |> Tensor.sum |> ignore))
        "derivatives",
        (fun () ->
            while true do
                Differentiation.hessian (Tensor.tanh >> Tensor.square >> Tensor.sum) (Random.normal [ 6 ] key)
                |> ignore)
        "contrastive divergence",
        (fun () ->
            let rule = Rbm.contrastiveDivergence 1 0.1 (Rbm.bernoulli 200 100)
            let batches = Batches.cycle 1_000_000 [ Random.bernoulli 0.5 [ 50; 200 ] key ]
            Training.fit rule (Optimizer.momentum (Schedule.constant 0.1) 0.5) batches key |> ignore)
    ]

/// Ends the process in one of three ways while two other threads compute: its exit code is 7, or that of the exception.
let leave (way: string) (work: int) (milliseconds: int) : int =
    let _, work = works[work]

    for _ in 1..2 do
        Thread(work, IsBackground = true).Start()

    Thread.Sleep milliseconds
    printfn "leaving"

    match way with
    | "return" -> 7
    | "exit" ->
        Environment.Exit 7
        0
    | "thread" ->
        Thread(fun () -> Environment.Exit 7).Start()
        Thread.Sleep 10_000
        0
    | _ -> failwith "unhandled"

type private Locking(gate: obj, ran: ManualResetEventSlim) =
    override _.Finalize() =
        lock gate ignore
        ran.Set()

let private forget (gate: obj) ran =
    for _ in 1..10 do
        Locking(gate, ran) |> ignore

/// Allocates far more than the collector is told of at once, in a lock that finalizers wait for: prints the seconds.
let finalizers () =
    let gate, ran = obj (), new ManualResetEventSlim()
    let clock = Stopwatch.StartNew()

    lock gate (fun () ->
        forget gate ran

        for _ in 1..600 do
            Tensor.zeros [ 100; 1000 ] |> ignore)

    let seconds = clock.Elapsed.TotalSeconds
    GC.Collect()
    printfn $"{ran.Wait 20_000} {seconds:R}"

/// Walks over batches made ahead that nobody ends, so many times: prints the most threads at once and those at the end.
let prefetched (walks: int) =
    let threads = ConcurrentBag<Thread>()

    let batches =
        Batches.init 100 (fun n ->
            if n = 0 then
                threads.Add Thread.CurrentThread

            Tensor.full [ 100; 100 ] (float n))

    let alive () = threads |> Seq.filter _.IsAlive |> Seq.length

    let forget () =
        let walk = (Batches.from 0 (Batches.prefetch 3 batches)).GetEnumerator()
        walk.MoveNext() |> ignore

    let mutable most = 0

    for _ in 1..walks do
        forget ()
        most <- max most (alive ())

    let ended () =
        GC.Collect()
        GC.WaitForPendingFinalizers()
        alive () = 0

    SpinWait.SpinUntil(ended, 20_000) |> ignore
    printfn $"{threads.Count} {most} {alive ()}"

/// Scopes that end while other threads use their tensors, so many times: each use ends in right numbers or in an
/// ObjectDisposedException. Prints how many of each there were.
let scopes (seed: int) (rounds: int) =
    let random = Random seed
    let mutable used, refused = 0, 0
    let current: (Tensor | null)[] = Array.zeroCreate 4
    let mutable stop = false
    let expected = ConcurrentDictionary<int, float>()

    let uses: (Tensor -> float)[] =
        [|
            fun x -> Tensor.toFloat (Tensor.sum (x + x)) / 2.0
            fun x -> Array.sumBy float (Tensor.toArray x)
            fun x -> Tensor.toFloat (Tensor.sum (Tensor.cat 0 [ x; x ])) / 2.0
            fun x -> Tensor.toFloat (Tensor.sum (Tensor.transpose 0 1 x))
            fun x -> Tensor.toFloat (Differentiation.grad (Tensor.square >> Tensor.sum) x |> Tensor.sum) / 2.0
            fun x ->
                string x |> ignore
                Tensor.toFloat (Tensor.sum x)
        |]

    let reader (seed: int) () =
        let random = Random seed

        while not (Volatile.Read &stop) do
            match Volatile.Read(&current[random.Next current.Length]) with
            | null -> ()
            | x ->
                try
                    let sum = uses[random.Next uses.Length] x
                    Interlocked.Increment &used |> ignore
                    let count = x.Count
                    let value = sum / float count

                    // All elements are the same small whole number.
                    if value <> Math.Round value || not (expected.ContainsKey(int value)) then
                        printfn $"wrong: {sum} of {count}"
                        exit 3
                with :? ObjectDisposedException ->
                    Interlocked.Increment &refused |> ignore

    for value in 1..50 do
        expected[value] <- float value

    let threads = [ for i in 1..2 -> Thread(reader (seed + i)) ]
    threads |> List.iter _.Start()

    for round in 1..rounds do
        Scope.value (fun () ->
            for i in 0 .. current.Length - 1 do
                let rows = 1 + random.Next 60
                Volatile.Write(&current[i], Tensor.full [ rows; 50 ] (float (1 + random.Next 50)))

            if random.Next 3 = 0 then
                Thread.Yield() |> ignore)

        // As a training step between them.
        if round % 100 = 0 then
            Scope.value (fun () -> Tensor.sum (Random.normal [ 50; 50 ] key) |> ignore)

    stop <- true
    threads |> List.iter _.Join()
    printfn $"{used} used, {refused} refused"

/// Nests everything that can be nested far deeper than a stack has room for: prints what each ended in.
let nests () =
    let deep = 20_000
    let x = Tensor.ones [ 2; 3 ]
    let nest (f: 'a -> 'a) start = Seq.fold (fun inner _ -> f inner) start (seq { 1..deep })

    let applied (layer: Layer<Tensor, Tensor>) =
        let struct (ps, state) = Layer.init key layer
        Layer.apply layer Eval ps state x |> ignore

    let layers: (string * (Layer<Tensor, Tensor> -> Layer<Tensor, Tensor>)) list =
        [
            "always", Layer.always Eval
            "residual", Layer.residual
            "named", Layer.named "a"
            "dimap", Layer.dimap id id
            "derive", Layer.derive id (fun _ ps -> ps)
            "concat", (fun layer -> Layer.concat 0 [ layer ])
            "switch", (fun layer -> Layer.switch (fun _ -> 0) [ layer ])
            "fork", (fun layer -> Layer.fork layer Layer.identity |> Layer.dimap id (fun struct (a, _) -> a))
            "shared", (fun layer -> Layer.shared layer |> Layer.dimap (fun x -> struct (x, x)) (fun struct (a, _) -> a))
            "map", (fun layer -> Layer.map layer |> Layer.dimap Array.singleton Array.head)
            "create",
            (fun layer ->
                Layer.create "own" [] (fun key -> Layer.init key layer) (fun mode ps state x ->
                    Layer.apply layer mode ps state x))
        ]

    // As deep as it may be, refused at the innermost, and a kernel that runs itself.
    let refusedInside () =
        let layer = Seq.fold (fun inner _ -> Layer.named "a" inner) (dense 5 3) (seq { 1..450 })
        applied layer

    let itself: Functional.Kernel<int>[] = Array.zeroCreate 1

    itself[0] <-
        Functional.FSharp.Kernel.create (fun position -> Node [ "position", Leaf position ]) (fun key state ->
            Functional.FSharp.Kernel.step key state (Functional.FSharp.Kernel.repeat 2 itself[0]) |> ignore
            struct (state, 1))

    let around: Layer<Tensor, Tensor>[] = Array.zeroCreate 1

    around[0] <-
        Layer.create "own" [] (fun _ -> struct (Tree.empty, Tree.empty)) (fun mode _ _ x ->
            let struct (ps, state) = Layer.init key around[0]
            Layer.apply around[0] mode ps state x)
        |> Layer.named "a"

    let struct (ps, _) = Layer.init key (dense 3 2)
    let deepTree: Tree<Tensor> = nest (fun tree -> Node [ "a", tree ]) (Leaf x)
    let deepPs: Params = nest (fun tree -> Node [ "a", tree ]) ps
    let inside: objnull[] = Array.zeroCreate 2
    inside[0] <- inside
    let moment = { Step = 0; Key = key }

    let estimate (transform: Transform) =
        let memory = Transform.init transform ps
        let gs = ps |> Tree.map (fun p -> Tensor.onesLike p.Value)

        Transform.update transform moment ps memory { Loss = x; Gradients = gs; State = Tree.empty }
        |> ignore

    let data = Dataset.create x x

    let calls: (string * (unit -> unit)) list =
        [
            for name, f in layers do
                $"layers, {name}", (fun () -> applied (nest f (dense 3 3)))
            "layers, refused inside", refusedInside
            "a layer that runs itself", (fun () -> applied around[0])
            "a kernel that runs itself", (fun () -> Kernel.run 1 key itself[0] x |> ignore)
            "a sequence inside itself", (fun () -> Tensor.tensor inside |> ignore)
            "a deep array", (fun () -> Tensor.tensor (nest (fun inner -> box [| inner |]) (box 1.0)) |> ignore)
            "tree, map", (fun () -> Tree.map id deepTree |> ignore)
            "tree, map2", (fun () -> Tree.map2 (fun a _ -> a) deepTree deepTree |> ignore)
            "tree, iter", (fun () -> Tree.iter ignore deepTree)
            "tree, values", (fun () -> Tree.values deepTree |> ignore)
            "tree, leaves", (fun () -> Tree.leaves deepTree |> ignore)
            "tree, refill", (fun () -> Tree.refill [| x |] deepTree |> ignore)
            "tree, set", (fun () -> Tree.set (List.replicate deep "a") (Leaf x) Tree.empty |> ignore)
            "tree, remove", (fun () -> Tree.remove (List.replicate deep "a") deepTree |> ignore)
            "tree, ofLeaves", (fun () -> Tree.ofLeaves [ String.replicate deep "a/", x ] |> ignore)
            "weightNorm",
            (fun () ->
                Layer.init key (weightNorm 0 (Layer.derive (fun _ -> deepPs) (fun _ _ -> ps) (dense 3 2))) |> ignore)
            "diffn", (fun () -> Differentiation.diffn deep (fun x -> x * x) (Tensor.scalar 2.0) |> ignore)
            "grad",
            (fun () ->
                let f = nest (fun f -> Differentiation.grad f >> Tensor.sum) (Tensor.square >> Tensor.sum)
                f x |> ignore)
            "GradCheck", (fun () -> GradCheck.compare deep key Tensor.sin (Tensor.cast Dtype.Float64 x) |> ignore)
            "structures",
            (fun () ->
                let structure = nest (Structure.map id id id id) Structure.tensor
                Differentiation.gradOf structure Tensor.sum x |> ignore)
            "batches, map", (fun () -> nest (Batches.map id) (Batches.ofSeq [ 1 ]) |> Batches.from 0 |> Seq.iter ignore)
            "batches, take",
            (fun () -> nest (Batches.take 1) (Batches.ofSeq [ 1 ]) |> Batches.from 0 |> Seq.iter ignore)
            "batches, until",
            (fun () ->
                nest (Batches.until CancellationToken.None) (Batches.ofSeq [ 1 ])
                |> Batches.from 0
                |> Seq.iter ignore)
            "data sets, map", (fun () -> (nest (Dataset.map (fun x y -> struct (x, y))) data).Inputs |> ignore)
            "data sets, shuffle", (fun () -> (nest (Dataset.shuffle key) data).Inputs |> ignore)
            "schedules, warmup", (fun () -> nest (Schedule.warmup 1) (Schedule.constant 1.0) 1_000_000 |> ignore)
            "schedules, join",
            (fun () -> nest (Schedule.join 1 (Schedule.constant 1.0)) (Schedule.constant 1.0) 1_000_000 |> ignore)
            "transforms, chain", (fun () -> estimate (nest (fun t -> Transform.chain [ t ]) (Transform.scale 1.0)))
            "transforms, a long chain",
            (fun () -> estimate (Transform.chain (List.replicate deep (Transform.scale 1.0))))
            "transforms, clocked", (fun () -> estimate (nest (Transform.clocked Some) (Transform.scale 1.0)))
            "transforms, accumulate", (fun () -> estimate (nest (Transform.accumulate 1) (Transform.scale 1.0)))
            "kernels, map",
            (fun () ->
                let kernel = nest (Kernel.map id) (Kernel.ofMove (fun _ x -> struct (x, ())))
                Kernel.run 1 key kernel x |> ignore)
            "kernels, inTurn",
            (fun () ->
                let one = Kernel.ofMove (fun _ x -> struct (x, ()))
                let kernel = nest (fun k -> Kernel.inTurn [ k ] |> Kernel.map ignore) one
                Kernel.run 1 key kernel x |> ignore)
            "rules, requireFinite",
            (fun () ->
                let rule = nest Rule.requireFinite (Rule.ofLoss Loss.squaredError (dense 3 3))
                let struct (ps, state) = Rule.init key rule
                Rule.estimate rule moment ps state (struct (x, x)) |> ignore)
            "rules, sharpnessAware",
            (fun () ->
                let rule = nest (Rule.sharpnessAware 0.1) (Rule.ofLoss Loss.squaredError (dense 3 3))
                let struct (ps, state) = Rule.init key rule
                Rule.estimate rule moment ps state (struct (x, x)) |> ignore)
        ]

    // A thread with a smaller stack than those of .NET on any system.
    let work () =
        for name, call in calls do
            printf $"{name}: "
            Console.Out.Flush()

            try
                call ()
                printfn "done"
            with :? ArgumentException as error ->
                printfn $"refused, {error.Message.Split('\n')[0]}"

    let thread = Thread(work, 1 <<< 20)
    thread.Start()
    thread.Join()
    printfn "all"

/// The bits of everything that may depend on the number of threads, and this number.
let threads (count: int) =
    Threads.set count

    let hash (x: Tensor) =
        use sha = Security.Cryptography.SHA256.Create()
        Convert.ToHexString(sha.ComputeHash(Tensor.bits x)).Substring(0, 16)

    let big = Random.normal [ 300; 400 ] key
    let other = Random.normal [ 400; 300 ] (Key.child 1 key)
    let image = Random.normal [ 16; 8; 20; 20 ] key
    let weights = Random.normal [ 8; 8; 3; 3 ] (Key.child 2 key)
    let w = Random.normal [ 300; 400 ] (Key.child 3 key)
    let conv w = Tensor.conv2d Window.standard w image
    let gradOf f = Differentiation.grad (f >> fun y -> Tensor.sum (y * Tensor.tanh y))

    let layered (layer: Layer<Tensor, Tensor>) x =
        let struct (ps, state) = Layer.init key layer

        let f ps =
            let struct (y, _) = Layer.apply layer (Train key) ps state x
            Tensor.sum (y * Tensor.tanh y)

        let gs = Differentiation.gradParams f ps
        Tensor.cat 0 [ for g in Tree.values gs -> Tensor.reshape [ -1 ] g ]

    let trained rule (batches: Batches<'b>) =
        let last = Training.fit rule adam batches key
        Tensor.cat 0 [ for x in Snapshot.tensors last -> Tensor.reshape [ -1 ] x ]

    let results: (string * (unit -> Tensor)) list =
        [
            "sum", (fun () -> Tensor.sum big)
            "mean", (fun () -> Tensor.mean big)
            "var", (fun () -> Tensor.var big)
            "norm", (fun () -> Tensor.norm 2.0 big)
            "prod", (fun () -> Tensor.prod (Tensor.exp (big * 0.001)))
            "logsumexp", (fun () -> Tensor.logsumexp big)
            "sum of few", (fun () -> Tensor.sum (Tensor.slice 0 0 80 big))
            "sumOver 0", (fun () -> Tensor.sumOver 0 big)
            "sumOver 1", (fun () -> Tensor.sumOver 1 big)
            "meanOver 0", (fun () -> Tensor.meanOver 0 big)
            "varOver 0", (fun () -> Tensor.varOver 0 big)
            "max", (fun () -> Tensor.max big)
            "softmax", (fun () -> Tensor.softmax 1 big)
            "logsoftmax", (fun () -> Tensor.logsoftmax 0 big)
            "cumsum", (fun () -> Tensor.cumsum 0 big)
            "exp", (fun () -> Tensor.exp big)
            "sort", (fun () -> Tensor.sort 1 false big |> fst)
            "matmul", (fun () -> Tensor.matmul big other)
            "dot", (fun () -> Tensor.dot (Tensor.reshape [ -1 ] big) (Tensor.reshape [ -1 ] w))
            "einsum", (fun () -> Tensor.einsum "ij,jk->k" [ big; other ])
            "inv", (fun () -> Tensor.inv (Tensor.matmul other big * 0.001 + Tensor.eye 400))
            "svd", (fun () -> let _, s, _ = Tensor.svd (Tensor.slice 1 0 50 big) in s)
            "conv2d", (fun () -> conv weights)
            "conv2d, its weights", (fun () -> gradOf conv weights)
            "conv2d, its input", (fun () -> gradOf (Tensor.conv2d Window.standard weights) image)
            "maxpool2d", (fun () -> gradOf (Tensor.maxpool2d 2 2 0) image)
            "dense, its weights", (fun () -> layered (dense 400 64) big)
            "batchNorm", (fun () -> layered (batchNorm 8) image)
            "layerNorm", (fun () -> layered (layerNorm [ 400 ]) big)
            "groupNorm", (fun () -> layered (groupNorm 4 8) image)
            "embedding",
            (fun () ->
                layered
                    (Layer.dimap (Tensor.reshape [ -1 ]) id (embedding 50 16))
                    (Tensor.ofInts [ for i in 0..5000 -> i % 7 ]))
            "crossEntropy",
            (fun () -> gradOf (fun x -> Loss.crossEntropy x (Tensor.ofInts [ for i in 0..299 -> i % 400 ])) big)
            "softplus", (fun () -> Tensor.softplus big)
            "uniform", (fun () -> Random.uniform [ 100_000 ] key)
            "normal", (fun () -> Random.normal [ 100_000 ] key)
            "gamma", (fun () -> Random.gamma 2.0 [ 20_000 ] key)
            "bernoulliEach", (fun () -> Random.bernoulliEach (Random.uniform [ 50_001 ] key) key)
            "permutation", (fun () -> Tensor.ofInts (Random.permutation 50_000 key))
            "columns", (fun () -> Tensor.Of(Columns.mean (Random.normal [ 900; 370 ] key).Raw))
            "rows", (fun () -> Tensor.Of(Rows.gather [| for i in 0..999 -> i * 7 % 300 |] big.Raw))
            "windows", (fun () -> Tensor.Of(Windows.largest image.Raw))
            "products of bits",
            (fun () ->
                let bits = Random.bernoulli 0.5 [ 150; 200 ] key

                match
                    BitProducts.tryAffine
                        (Tensor.zeros [ 160 ]).Raw
                        bits.Raw
                        (Random.normal [ 200; 160 ] key).Raw
                        false
                with
                | ValueSome product -> Tensor.Of product
                | ValueNone -> failwith "not taken")
            "a machine",
            (fun () ->
                trained
                    (Rbm.contrastiveDivergence 1 0.1 (Rbm.bernoulli 200 160))
                    (Batches.cycle 3 [ Random.bernoulli 0.5 [ 150; 200 ] key ]))
            "an MLP",
            (fun () ->
                trained
                    (Rule.ofLoss Loss.crossEntropy (dense 400 64 --> relu --> dense 64 10))
                    (Batches.cycle 3 [ struct (big, Tensor.ofInts [ for i in 0..299 -> i % 10 ]) ]))
        ]

    let mine = Threads.count ()
    let mutable there = 0
    let thread = Thread(fun () -> there <- Threads.count ())
    thread.Start()
    thread.Join()
    printfn $"threads {mine} {there}"

    for name, f in results do
        printfn $"{name} {hash (f ())}"
