/// Deep Boltzmann machines, against sums over all states by loops over plain numbers and against other machines.
module DbmTests

open System
open Expecto
open FsCheck
open Functional
open Functional.FSharp
open Support
open Targets

let private key = Key.ofSeed 83
let private moment = { Step = 3; Key = key }
let private asTensor (states: float[][]) = Tensor.ofDoubles [ states.Length; states[0].Length ] (Array.concat states)
let private rows (x: Tensor) = Tensor.toDoubles x |> Array.chunkBySize x.Shape[1]

/// A machine of these layers with float64 parameters of a seed.
let private machineOf (layers: (Units * int) list) scale seed : Dbm * Params =
    let draw i shape = scale * doubles shape (100 * seed + i)
    let counts = List.map snd layers

    Dbm.create [ for units, count in layers -> struct (units, count) ],
    Dbm.parameters
        [ for i, (below, above) in List.indexed (List.pairwise counts) -> draw i [ below; above ] ]
        [ for i, count in List.indexed counts -> draw (50 + i) [ count ] ]

let private bernoulli (counts: int list) scale seed =
    machineOf [ for count in counts -> Units.Bernoulli, count ] scale seed

let private mixed =
    [
        [ Units.Spin, 3; Units.Bernoulli, 2; Units.Spin, 2 ]
        [ Units.Softmax 3, 3; Units.Bernoulli, 2; Units.Spin, 2; Units.Bernoulli, 2 ]
        [ Units.Bernoulli, 2; Units.Softmax 3, 3; Units.Bernoulli, 2 ]
        [ Units.Bernoulli, 3; Units.Spin, 2 ]
    ]

let private shapes = [ [ 3; 2 ]; [ 3; 2; 2 ]; [ 2; 3; 2; 2 ]; [ 2; 1; 2; 2; 2 ] ]
let private everyKind = [ for shape in shapes -> [ for count in shape -> Units.Bernoulli, count ] ] @ mixed

// All states of a layer.
let private statesOf (units, count) =
    match units with
    | Units.Bernoulli -> everyState 0.0 count
    | Units.Spin -> everyState -1.0 count
    | Units.Softmax _ -> [| for i in 0 .. count - 1 -> [| for j in 0 .. count - 1 -> if i = j then 1.0 else 0.0 |] |]
    | _ -> failtest $"{units} units have no list of states"

// All combinations of states of layers, the first changing slowest.
let rec private product (layers: float[][] list) : float[][] list =
    match layers with
    | [] -> [ [||] ]
    | states :: rest ->
        [
            for state in states do
                for others in product rest -> Array.append [| state |] others
        ]

let private allStates layers = product (List.map statesOf layers) |> Array.ofList
let private joined (x: float[][]) = Array.concat x
let private tensorOf (states: float[][][]) = asTensor (Array.map joined states)

// E of a state by loops.
let private energyOf (ps: Params) (x: float[][]) =
    let value kind i = (Tree.leaf [ kind; string i ] ps).Value
    let mutable sum = 0.0

    for i in 0 .. x.Length - 1 do
        let b = Tensor.toDoubles (value "bias" i)

        for j in 0 .. b.Length - 1 do
            sum <- sum - b[j] * x[i][j]

        if i < x.Length - 1 then
            let w = Tensor.toDoubles2D (value "weight" i)

            for j in 0 .. x[i].Length - 1 do
                for k in 0 .. x[i + 1].Length - 1 do
                    sum <- sum - x[i][j] * w[j, k] * x[i + 1][k]

    sum

let private logSum (logs: float seq) =
    let most = Seq.max logs
    most + log (Seq.sumBy (fun l -> exp (l - most)) logs)

let private logZOf layers ps = allStates layers |> Seq.map (energyOf ps >> (~-)) |> logSum

let private chancesOf layers ps =
    let logZ = logZOf layers ps
    allStates layers |> Array.map (fun x -> exp (-(energyOf ps x) - logZ))

// ln p(v) of each state of the visible units.
let private likelihoods layers ps =
    let logZ = logZOf layers ps

    statesOf (List.head layers)
    |> Array.map (fun v ->
        let given = product (List.map statesOf (List.tail layers))
        logSum (given |> Seq.map (fun h -> -(energyOf ps (Array.append [| v |] h)))) - logZ)

let private visibleStates layers = asTensor (statesOf (List.head layers))

// The general machine with the same weights, whose thresholds are minus the biases.
let private general (counts: int list) (ps: Params) =
    let starts = List.scan (+) 0 counts
    let n = List.last starts
    let w = Array2D.zeroCreate n n

    for i in 0 .. counts.Length - 2 do
        let weight = Tensor.toDoubles2D (Tree.leaf [ "weight"; string i ] ps).Value

        for j in 0 .. counts[i] - 1 do
            for k in 0 .. counts[i + 1] - 1 do
                w[starts[i] + j, starts[i + 1] + k] <- weight[j, k]
                w[starts[i + 1] + k, starts[i] + j] <- weight[j, k]

    let biases = Tensor.cat 0 [ for i in 0 .. counts.Length - 1 -> (Tree.leaf [ "bias"; string i ] ps).Value ]

    Boltzmann.create counts.Head (n - counts.Head) 1.0,
    Boltzmann.parameters (Tensor.ofDoubles [ n; n ] (Array.ofSeq (Seq.cast<float> w))) -biases

// The exact matrix of a sweep, from the chances that the machine's own means give: odd layers at once, then even ones.
let private sweepMatrix (counts: int list) (dbm: Dbm) ps =
    let n = List.sum counts
    let states = everyState 0.0 n
    let starts = List.scan (+) 0 counts

    let layer l =
        let means = Tensor.toDoubles2D (Dbm.means dbm ps l (asTensor states))
        let first, last = starts[l], starts[l + 1]

        Array2D.init states.Length states.Length (fun i j ->
            let same =
                Seq.forall (fun u -> (u >= first && u < last) || states[i][u] = states[j][u]) (seq { 0 .. n - 1 })

            if same then
                Seq.fold
                    (fun p u -> p * (if states[j][u] = 1.0 then means[i, u - first] else 1.0 - means[i, u - first]))
                    1.0
                    (seq { first .. last - 1 })
            else
                0.0)

    let times (a: float[,]) (b: float[,]) =
        let size = states.Length
        Array2D.init size size (fun i j -> Seq.sum (seq { for k in 0 .. size - 1 -> a[i, k] * b[k, j] }))

    [
        for parity in [ 1; 0 ] do
            yield! [ parity..2 .. counts.Length - 1 ]
    ]
    |> List.map layer
    |> List.reduce times

let private expectGradients tolerance (expected: Gradients) (found: Gradients) =
    Expect.equal (Tree.leaves found |> List.map fst) (Tree.leaves expected |> List.map fst) "paths"

    for (path, a), (_, b) in List.zip (Tree.leaves expected) (Tree.leaves found) do
        expectClose tolerance path (Tensor.toDoubles a) (Tensor.toDoubles b)

let private leaf name (tree: Tree<Tensor>) = Tree.leaf [ name ] tree
let private bits count units seed = Random.bernoulli 0.5 [ count; units ] (Key.ofSeed seed) |> Tensor.cast Dtype.Float64

// Means and products of pairs of visible units, over samples whose rows are means given what is above.
let private moments (states: float[][]) (chances: float[]) =
    let n = states[0].Length

    [|
        for i in 0 .. n - 1 do
            for j in i .. n - 1 do
                Array.sum (Array.map2 (fun p (v: float[]) -> p * (if i = j then v[i] else v[i] * v[j])) chances states)
    |]

let private bars = Examples.Bars.patterns 3

let private refusals () : (string * string list * (unit -> unit)) list =
    let dbm, ps = bernoulli [ 3; 2; 2 ] 1.0 1
    let v = bits 5 3 1

    let estimate (rule: Rule<Tensor>) v =
        let struct (ps, state) = Rule.init key rule
        Rule.estimate rule moment ps state v

    [
        "one layer", [ "at least one hidden"; "1 layers" ], (fun () -> Dbm.bernoulli [ 3 ] |> ignore)
        "no units", [ "not 3 and 0" ], (fun () -> Dbm.bernoulli [ 3; 0 ] |> ignore)
        "groups that do not come out",
        [ "groups of 3"; "4" ],
        (fun () -> Dbm.create [ struct (Units.Bernoulli, 2); struct (Units.Softmax 3, 4) ] |> ignore)
        "real hidden units",
        [ "discrete"; "Gaussian" ],
        (fun () -> Dbm.create [ struct (Units.Bernoulli, 2); struct (Units.Gaussian, 2) ] |> ignore)
        "states of another width",
        [ "energy"; "3 + 2 + 2"; "[5; 6]" ],
        (fun () -> Dbm.energy dbm ps (bits 5 6 1) |> ignore)
        "even layers of another width",
        [ "evenFreeEnergy"; "3 + 2]"; "[5; 7]" ],
        (fun () -> Dbm.evenFreeEnergy dbm ps (bits 5 7 1) |> ignore)
        "odd layers of another width",
        [ "oddFreeEnergy"; "[n; 2]"; "[5; 3]" ],
        (fun () -> Dbm.oddFreeEnergy dbm ps v |> ignore)
        "parameters of another machine",
        [ "weight/0"; "[3; 2]"; "[4; 2]" ],
        (fun () -> Dbm.energy dbm (snd (bernoulli [ 4; 2; 2 ] 1.0 1)) (bits 5 7 1) |> ignore)
        "biases of another machine",
        [ "bias/2"; "[2]"; "[3]" ],
        (fun () ->
            let bias = Leaf { Role = Role.Bias; Value = doubles [ 3 ] 1 }
            Dbm.energy dbm (Tree.set [ "bias"; "2" ] bias ps) (bits 5 7 1) |> ignore)
        "parameters of too few layers",
        [ "bias/2" ],
        (fun () -> Dbm.energy dbm (snd (bernoulli [ 3; 2 ] 1.0 1)) (bits 5 7 1) |> ignore)
        "a layer that is not there", [ "0 to 2"; "3" ], (fun () -> Dbm.inputs dbm ps 3 (bits 5 7 1) |> ignore)
        "joining layers that do not match",
        [ "join"; "[n; 2]"; "[5; 4]" ],
        (fun () -> Dbm.join dbm [ v; bits 5 4 1; bits 5 2 1 ] |> ignore)
        "joining too few layers", [ "join" ], (fun () -> Dbm.join dbm [ v; bits 5 2 1 ] |> ignore)
        "no sweeps", [ "sampleFrom"; "not 0" ], (fun () -> Dbm.sample 0 5 key dbm ps |> ignore)
        "no samples", [ "sample"; "not 0" ], (fun () -> Dbm.sample 1 0 key dbm ps |> ignore)
        "samples of another width",
        [ "meanField"; "[n; 3]"; "[5; 4]" ],
        (fun () -> Dbm.meanField 0.0 0.0 1 dbm ps (bits 5 4 1) |> ignore)
        "samples that are no chances",
        [ "probabilities"; "1.5" ],
        (fun () -> Dbm.meanField 0.0 0.0 1 dbm ps (Tensor.full [ 1; 3 ] 1.5) |> ignore)
        "keeping all", [ "keep"; "below 1"; "not 1" ], (fun () -> Dbm.meanField 1.0 0.0 1 dbm ps v |> ignore)
        "keeping NaN", [ "below 1"; "NaN" ], (fun () -> Dbm.meanField nan 0.0 1 dbm ps v |> ignore)
        "a negative tolerance", [ "-0.1" ], (fun () -> Dbm.meanField 0.0 -0.1 1 dbm ps v |> ignore)
        "negative sweeps", [ "-1" ], (fun () -> Dbm.meanField 0.0 0.0 -1 dbm ps v |> ignore)
        "a bound of grey levels",
        [ "0 or 1"; "0.5" ],
        (fun () -> Dbm.bound 0.0 dbm ps (Tensor.cast Dtype.Float64 (Tensor.full [ 1; 7 ] 0.5)) |> ignore)
        "a bound of means that are none",
        [ "between 0 and 1" ],
        (fun () -> Dbm.bound 0.0 dbm ps (Tensor.cat 1 [ v; 2.0 * Tensor.onesLike v; v[*, 0..0] ]) |> ignore)
        "too many units to enumerate",
        [ "logPartition"; "26 units"; "up to 25"; "Dbm.annealed" ],
        (fun () ->
            let dbm = Dbm.bernoulli [ 30; 26 ]
            Dbm.logPartition dbm (Dbm.init 0.1 key dbm) |> ignore)
        "too many hidden units to enumerate",
        [ "logLikelihood"; "27 units"; "Dbm.bound" ],
        (fun () ->
            let dbm = Dbm.bernoulli [ 4; 30; 27 ]
            Dbm.logLikelihood 0.0 dbm (Dbm.init 0.1 key dbm) (Tensor.zeros [ 1; 4 ]) |> ignore)
        "layers that cannot be enumerated",
        [ "neither" ],
        (fun () ->
            let dbm = Dbm.create [ struct (Units.Gaussian, 2); struct (Units.Softmax 3, 3) ]
            Dbm.logPartition dbm (Dbm.init 0.1 key dbm) |> ignore)
        "likelihood of grey levels",
        [ "logLikelihood"; "0 or 1" ],
        (fun () -> Dbm.logLikelihood 0.0 dbm ps (0.5 * v + 0.25) |> ignore)
        "annealing from another base",
        [ "3 visible"; "[2]" ],
        (fun () -> Dbm.annealed 5 5 (doubles [ 2 ] 1) key dbm ps |> ignore)
        "annealing at one temperature",
        [ "annealed"; "not 1" ],
        (fun () -> Dbm.annealed 1 5 (doubles [ 3 ] 1) key dbm ps |> ignore)
        "annealing without chains",
        [ "chain"; "not 0" ],
        (fun () -> Dbm.annealed 5 0 (doubles [ 3 ] 1) key dbm ps |> ignore)
        "annealing real units",
        [ "discrete"; "Gaussian" ],
        (fun () ->
            let dbm = Dbm.create [ struct (Units.Gaussian, 3); struct (Units.Bernoulli, 2) ]
            Dbm.annealed 5 5 (Tensor.zeros [ 3 ]) key dbm (Dbm.init 0.1 key dbm) |> ignore)
        for name, rule in
            [
                "chains", (fun () -> Dbm.persistent 0 1 1 ps dbm)
                "k", (fun () -> Dbm.persistent 5 0 1 ps dbm)
                "sweeps", (fun () -> Dbm.persistent 5 1 0 ps dbm)
            ] do
            $"persistent with no {name}", [ "persistent"; name; "not 0" ], (fun () -> rule () |> ignore)
        "starting from another machine's parameters",
        [ "weight/0"; "[4; 2]" ],
        (fun () -> Dbm.persistent 5 1 1 (snd (bernoulli [ 4; 2; 2 ] 1.0 1)) dbm |> ignore)
        "learning from samples of another width",
        [ "meanField"; "[5; 4]" ],
        (fun () -> estimate (Dbm.persistent 5 1 1 ps dbm) (bits 5 4 1) |> ignore)
        "hidden units that are no sigmoids",
        [ "toLayer"; "Spin" ],
        (fun () ->
            let dbm, ps = machineOf [ Units.Bernoulli, 3; Units.Spin, 2 ] 1.0 1
            Dbm.toLayer 2 dbm ps |> ignore)
    ]

let tests =
    testList
        "deep Boltzmann machines"
        [
            for counts in shapes @ [ [ 5; 4; 3; 2 ]; [ 6; 4; 4; 2 ] ] do
                test $"{counts}: the general machine with the same weights says the same" {
                    let dbm, ps = bernoulli counts 0.7 2
                    let machine, weights = general counts ps
                    let x = bits 9 dbm.Units 3
                    let close what a b = expectClose 1e-10 what (Tensor.toDoubles a) (Tensor.toDoubles b)
                    close "energy" (Boltzmann.energy machine weights x) (Dbm.energy dbm ps x)
                    let logZ = Dbm.logPartition dbm ps
                    expectClose 1e-10 "ln Z" [| Tensor.toFloat (Boltzmann.logPartition machine weights) |] [| logZ |]
                    let v = bits 6 counts.Head 4
                    close "ln p(v)" (Boltzmann.logLikelihood machine weights v) (Dbm.logLikelihood logZ dbm ps v)
                    let found = Tensor.cat 1 [ for i in 0 .. dbm.Depth -> Dbm.means dbm ps i x ]
                    close "means" (Boltzmann.conditional machine weights x) found
                }

            for layers in everyKind do
                test $"{layers}: energies, free energies and means by loops" {
                    let dbm, ps = machineOf layers 0.8 1
                    let states = allStates layers
                    let x = tensorOf states
                    let energies = Array.map (energyOf ps) states
                    expectClose 1e-12 "energy" energies (Tensor.toDoubles (Dbm.energy dbm ps x))
                    Expect.equal (Dbm.layers dbm) [ for units, count in layers -> struct (units, count) ] "layers"
                    expectSame "split and join" x (Dbm.join dbm (Dbm.split dbm x))

                    // Of groups of states that are alike in the layers kept: -ln Σ exp(-E).
                    for parity, free in [ 0, Dbm.evenFreeEnergy dbm ps; 1, Dbm.oddFreeEnergy dbm ps ] do
                        let kept (x: float[][]) = Array.concat [ for i in parity..2 .. x.Length - 1 -> x[i] ]
                        let groups = Array.zip states energies |> Array.groupBy (fst >> kept)
                        let expected = [| for _, group in groups -> -(logSum (Seq.map (snd >> (~-)) group)) |]
                        let found = Tensor.toDoubles (free (asTensor (Array.map fst groups)))
                        expectClose 1e-10 $"parity {parity}" expected found

                    for layer in 0 .. dbm.Depth do
                        let found = rows (Dbm.means dbm ps layer x)

                        for state, found in Seq.zip states found do
                            let own = statesOf layers[layer]
                            let weights = own |> Array.map (fun s -> exp -(energyOf ps (Array.updateAt layer s state)))

                            let mean i =
                                Array.sum (Array.map2 (fun w (s: float[]) -> w * s[i]) weights own) / Array.sum weights

                            expectClose 1e-10 $"means of layer {layer}" (Array.init found.Length mean) found
                }

                test $"{layers}: ln Z and ln p(v) by loops" {
                    let dbm, ps = machineOf layers 0.8 2
                    let logZ = Dbm.logPartition dbm ps
                    expectClose 1e-10 "ln Z" [| logZOf layers ps |] [| logZ |]
                    let found = Dbm.logLikelihood logZ dbm ps (visibleStates layers)
                    expectClose 1e-10 "ln p" (likelihoods layers ps) (Tensor.toDoubles found)
                }

                test $"{layers}: the bound is the sum over all hidden states, and below ln p(v)" {
                    for seed in 1..3 do
                        let dbm, ps = machineOf layers 1.2 (10 * seed)
                        let logZ = logZOf layers ps
                        let x = Dbm.meanField 0.3 0.0 seed dbm ps (visibleStates layers)
                        let found = Tensor.toDoubles (Dbm.bound logZ dbm ps x)
                        let means = Dbm.split dbm x |> List.map rows
                        let hidden = product (List.map statesOf (List.tail layers))

                        // The chance of a state of a layer under independent units of these means.
                        let chance units (m: float[]) (s: float[]) =
                            match units with
                            | Units.Softmax _ -> Array.sum (Array.map2 (*) m s)
                            | Units.Spin -> Array.fold2 (fun p m s -> p * (1.0 + m * s) / 2.0) 1.0 m s
                            | _ -> Array.fold2 (fun p m s -> p * (if s = 1.0 then m else 1.0 - m)) 1.0 m s

                        let expected =
                            [|
                                for row in 0 .. found.Length - 1 ->
                                    hidden
                                    |> Seq.sumBy (fun h ->
                                        let q =
                                            h
                                            |> Seq.mapi (fun i s -> chance (fst layers[i + 1]) (means[i + 1][row]) s)
                                            |> Seq.reduce (*)

                                        q * (-(energyOf ps (Array.append [| means[0][row] |] h)) - log q - logZ))
                            |]

                        expectClose 1e-10 "by loops" expected found
                        let exact = likelihoods layers ps

                        for bound, exact in Seq.zip found exact do
                            Expect.isTrue (bound <= exact + 1e-10) $"{bound} is at most {exact}"

                        if dbm.Depth = 1 then
                            let x = Dbm.meanField 0.0 0.0 0 dbm ps (visibleStates layers)
                            let tight = Tensor.toDoubles (Dbm.bound logZ dbm ps x)
                            expectClose 1e-10 "at it for one hidden layer" exact tight
                        else
                            expectLess (Array.average found) (Array.average exact - 1e-4) "a bound only"
                }

            testPropertyWithConfig
                { FsCheckConfig.defaultConfig with maxTest = 30 }
                "each sweep of the mean field raises the bound or holds it, damped or not, and ends where means reproduce themselves"
                (fun (NonNegativeInt seed) ->
                    for layers in [ [ Units.Bernoulli, 3; Units.Bernoulli, 3; Units.Bernoulli, 2 ]; mixed[1] ] do
                        let dbm, ps = machineOf layers 1.5 (seed % 1000)
                        let v = visibleStates layers

                        for keep in [ 0.0; 0.4 ] do
                            let bounds =
                                [
                                    for sweeps in 0..8 ->
                                        Tensor.toDoubles (
                                            Dbm.bound 0.0 dbm ps (Dbm.meanField keep 0.0 sweeps dbm ps v)
                                        )
                                ]

                            for before, after in List.pairwise bounds do
                                for b, a in Seq.zip before after do
                                    Expect.isTrue (a >= b - 1e-12) $"keep {keep}: {b}, then {a}"

                            let x = Dbm.meanField keep 1e-12 20_000 dbm ps v

                            for layer in 1 .. dbm.Depth do
                                let again = Dbm.means dbm ps layer x

                                expectClose
                                    1e-9
                                    "fixed"
                                    (Tensor.toDoubles again)
                                    (Tensor.toDoubles (List.item layer (Dbm.split dbm x))))

            test "the mean field: a sweep by hand, and the first guess" {
                let dbm, ps = bernoulli [ 3; 2; 4; 2 ] 1.0 4
                let v = bits 6 3 5
                let w i = (Tree.leaf [ "weight"; string i ] ps).Value
                let b i = (Tree.leaf [ "bias"; string i ] ps).Value
                let up i x = Tensor.matmul x (w (i - 1)) + b i
                let down i x = Tensor.matmul x (Tensor.transpose 0 1 (w i))
                let doubled i x = Tensor.sigmoid (up i x + up i x - b i)
                let h1 = doubled 1 v
                let h2 = doubled 2 h1
                let h3 = Tensor.sigmoid (up 3 h2)

                let close what expected found =
                    expectClose 1e-12 what (Tensor.toDoubles expected) (Tensor.toDoubles found)

                close "guess" (Tensor.cat 1 [ v; h1; h2; h3 ]) (Dbm.meanField 0.0 0.0 0 dbm ps v)
                let mix (old: Tensor) input = 0.25 * old + 0.75 * Tensor.sigmoid input
                let h1 = mix h1 (up 1 v + down 1 h2)
                let h2 = mix h2 (up 2 h1 + down 2 h3)
                let h3 = mix h3 (up 3 h2)
                let found = Dbm.meanField 0.25 0.0 1 dbm ps v
                close "sweep" (Tensor.cat 1 [ v; h1; h2; h3 ]) found
                close "features" h3 (List.item 3 (Dbm.split dbm found))

                expectSame
                    "features"
                    (List.last (Dbm.split dbm (Dbm.meanField 0.0 0.0 7 dbm ps v)))
                    (Dbm.features 7 dbm ps v)
            }

            test "the mean field stops when no mean moves by more than the tolerance" {
                let dbm, ps = bernoulli [ 3; 3; 3 ] 1.5 6
                let v = bits 6 3 5
                let after sweeps = Dbm.meanField 0.0 0.0 sweeps dbm ps v
                let moved n = Tensor.toFloat (Tensor.max (Tensor.abs (after n - after (n - 1))))
                let n = Seq.initInfinite ((+) 1) |> Seq.find (fun n -> moved n <= 1e-3)
                expectMore n 1 "more than one sweep"
                expectSame "so many sweeps" (after n) (Dbm.meanField 0.0 1e-3 1000 dbm ps v)
                expectSame "or fewer" (after (n - 1)) (Dbm.meanField 0.0 1e-3 (n - 1) dbm ps v)
            }

            testPropertyWithConfig
                { FsCheckConfig.defaultConfig with maxTest = 10 }
                "the exact matrix of a Gibbs sweep leaves the Boltzmann distribution as it is"
                (fun (NonNegativeInt seed) ->
                    for counts in [ [ 3; 2 ]; [ 2; 2; 2 ]; [ 1; 2; 1; 2 ] ] do
                        let dbm, ps = bernoulli counts 1.5 (seed % 1000)
                        let layers = [ for count in counts -> Units.Bernoulli, count ]
                        let p = chancesOf layers ps
                        (Law.stationary 1e-6 p (sweepMatrix counts dbm ps)).Check())

            test "states follow the matrix of a sweep" {
                let counts = [ 2; 1; 2 ]
                let dbm, ps = bernoulli counts 1.2 5
                let matrix = sweepMatrix counts dbm ps
                let each = 4000
                let start = asTensor (everyState 0.0 5) |> Tensor.repeatInterleave 0 each
                let after = numbers (Kernel.run 1 key (Dbm.gibbs dbm ps) start)

                for i in 0..31 do
                    let chance = Chances.pearson (List.ofArray matrix[i, *]) after[i * each .. (i + 1) * each - 1]
                    expectMore chance 1e-4 $"from state {i}"
            }

            test "with one hidden layer it is a restricted Boltzmann machine" {
                let rbm, dbm = Rbm.bernoulli 4 3, Dbm.bernoulli [ 4; 3 ]
                let w, a, b = 1.5 * doubles [ 4; 3 ] 1, 0.3 * doubles [ 4 ] 2, 0.3 * doubles [ 3 ] 3
                let one, ps = Rbm.parameters w a b, Dbm.parameters [ w ] [ a; b ]
                let v, chains = bits 7 4 1, bits 5 4 2
                let close what x y = expectClose 1e-12 what (Tensor.toDoubles x) (Tensor.toDoubles y)
                close "free energy" (Rbm.freeEnergy rbm one v) (Dbm.evenFreeEnergy dbm ps v)
                expectClose 1e-12 "ln Z" [| Rbm.logPartition rbm one |] [| Dbm.logPartition dbm ps |]
                let state = Node [ "chains", Leaf chains ]
                let expected = Rule.estimate (Rbm.persistent 5 2 0.1 rbm) moment one state v
                let state = Node [ "chains", Leaf(Tensor.cat 1 [ chains; bits 5 3 3 ]) ]
                let found = Rule.estimate (Dbm.persistent 5 2 1 ps dbm) moment ps state v

                expectSame
                    "the same chains"
                    (leaf "chains" expected.State)
                    (List.head (Dbm.split dbm (leaf "chains" found.State)))

                close "weights" (leaf "weight" expected.Gradients) (Tree.leaf [ "weight"; "0" ] found.Gradients)
                close "visible" (leaf "visible" expected.Gradients) (Tree.leaf [ "bias"; "0" ] found.Gradients)
                close "hidden" (leaf "hidden" expected.Gradients) (Tree.leaf [ "bias"; "1" ] found.Gradients)
            }

            test "without weights to the second hidden layer it is a restricted Boltzmann machine beside free units" {
                let rbm, dbm = Rbm.bernoulli 4 3, Dbm.bernoulli [ 4; 3; 2 ]
                let w, a, b, c = 1.5 * doubles [ 4; 3 ] 1, 0.3 * doubles [ 4 ] 2, 0.3 * doubles [ 3 ] 3, doubles [ 2 ] 4
                let one = Rbm.parameters w a b
                let ps = Dbm.parameters [ w; Tensor.zerosOf Dtype.Float64 [ 3; 2 ] ] [ a; b; c ]
                let v = bits 7 4 1
                let expected = Rbm.logPartition rbm one
                let free = Tensor.toFloat (Tensor.sum (Tensor.softplus c))
                let logZ = Dbm.logPartition dbm ps
                expectClose 1e-12 "ln Z" [| expected + free |] [| logZ |]
                let exact = Rbm.logLikelihood expected rbm one v
                let close what x y = expectClose 1e-10 what (Tensor.toDoubles x) (Tensor.toDoubles y)
                close "ln p" exact (Dbm.logLikelihood logZ dbm ps v)
                let x = Dbm.meanField 0.0 0.0 1 dbm ps v
                close "means" (Rbm.hiddenMeans rbm one v) (List.item 1 (Dbm.split dbm x))
                close "the bound is ln p" exact (Dbm.bound logZ dbm ps x)
            }

            test "Gaussian visible units: ln Z, ln p and the bound by the integral over them" {
                let layers = [ Units.Gaussian, 2; Units.Bernoulli, 2; Units.Spin, 2 ]
                let dbm, ps = machineOf layers 0.6 3
                let hidden = product (List.map statesOf (List.tail layers)) |> Array.ofList
                let w = Tensor.toDoubles2D (Tree.leaf [ "weight"; "0" ] ps).Value
                let a = Tensor.toDoubles (Tree.leaf [ "bias"; "0" ] ps).Value

                // ∫ exp(u·v - v²/2) dv = √(2π)·exp(u²/2) for each unit.
                let overVisible (h: float[][]) =
                    let rest = -(energyOf ps (Array.append [| [| 0.0; 0.0 |] |] h))

                    rest
                    + Seq.sum (
                        seq {
                            for i in 0..1 ->
                                let u = a[i] + w[i, 0] * h[0][0] + w[i, 1] * h[0][1]
                                0.5 * log (2.0 * Math.PI) + 0.5 * u * u
                        }
                    )

                let logZ = logSum (Seq.map overVisible hidden)
                expectClose 1e-10 "ln Z" [| logZ |] [| Dbm.logPartition dbm ps |]
                let v = doubles [ 5; 2 ] 8

                let exact =
                    rows v
                    |> Array.map (fun v ->
                        let square = 0.5 * Array.sumBy (fun x -> x * x) v
                        logSum (hidden |> Seq.map (fun h -> -(energyOf ps (Array.append [| v |] h)))) - square - logZ)

                expectClose 1e-10 "ln p" exact (Tensor.toDoubles (Dbm.logLikelihood logZ dbm ps v))
                let bound = Tensor.toDoubles (Dbm.bound logZ dbm ps (Dbm.meanField 0.0 0.0 20 dbm ps v))

                for b, e in Seq.zip bound exact do
                    Expect.isTrue (b <= e + 1e-10 && b > e - 1.0) $"{b} is below {e}, not far"
            }

            test "ln Z and ln p over several blocks of states" {
                // 17 odd units against 18 even ones.
                let dbm, ps = bernoulli [ 9; 17; 9 ] 0.3 3
                let states = Tensor.cast Dtype.Float64 (Energy.enumerate 18)
                let even = Tensor.toFloat (Energy.logPartition (Dbm.evenFreeEnergy dbm ps) states)
                let logZ = Dbm.logPartition dbm ps
                expectClose 1e-10 "the even layers and the odd ones say the same" [| even |] [| logZ |]
                let dbm, ps = bernoulli [ 3; 17; 16 ] 0.3 3
                let v, top = bits 2 3 4, Tensor.cast Dtype.Float64 (Energy.enumerate 16)

                let expected =
                    [|
                        for i in 0..1 ->
                            let v = Tensor.expand [ top.Shape[0]; 3 ] (Tensor.slice 0 i (i + 1) v)
                            Tensor.toFloat (Tensor.logsumexp -(Dbm.evenFreeEnergy dbm ps (Tensor.cat 1 [ v; top ])))
                    |]

                expectClose 1e-10 "ln p" expected (Tensor.toDoubles (Dbm.logLikelihood 0.0 dbm ps v))
            }

            for layers in everyKind do
                test $"{layers}: annealing is unbiased for Z" {
                    let dbm, ps = machineOf layers 0.8 7
                    let start = 0.3 * doubles [ snd layers.Head ] 5
                    let chains = 20_000
                    let found = Dbm.annealed 6 chains start key dbm ps
                    let logZ = logZOf layers ps
                    // Weights relative to Z, whose mean is 1.
                    let weights = found.LogWeights |> Array.map (fun w -> exp (w - logZ))
                    let mean = Array.average weights
                    let error = sqrt (Array.averageBy (fun w -> (w - mean) ** 2.0) weights / float chains)
                    expectLess (abs (mean - 1.0)) (5.0 * error) $"{mean} ± {error}"
                    expectLess error 0.02 "the test has power"
                    expectMore error 1e-5 "which annealing from another model has"
                    expectClose 1e-9 "value" [| logZ + log mean |] [| found.Value |]
                }

            for counts in shapes do
                test $"{counts}: samples have the machine's moments" {
                    let layers = [ for count in counts -> Units.Bernoulli, count ]
                    let dbm, ps = bernoulli counts 0.8 7
                    let chains = 40_000
                    let samples = Dbm.sample 30 chains key dbm ps
                    Expect.equal samples.Shape [| chains; counts.Head |] "shape"
                    let expected = moments (statesOf layers.Head) (likelihoods layers ps |> Array.map exp)
                    // The means of units are independent of each other given what is above.
                    let found = moments (rows samples) (Array.create chains (1.0 / float chains))
                    let error = 4.5 * sqrt (0.25 / float chains)

                    for expected, found in Seq.zip expected found do
                        expectLess (abs (expected - found)) error $"{expected} and {found}"
                }

            test "samples go on from states" {
                let dbm, ps = bernoulli [ 3; 2; 2 ] 1.0 2
                let start = bits 5 7 1
                let x = Kernel.run 4 key (Dbm.gibbs dbm ps) start
                expectSame "four sweeps" (Dbm.means dbm ps 0 x) (Dbm.sampleFrom 4 start key dbm ps)
                expectSame "the same key" (Dbm.sample 4 6 key dbm ps) (Dbm.sample 4 6 key dbm ps)
            }

            for counts in shapes do
                test $"{counts}: the rule is the derivative of the mean energy of data less that of chains" {
                    let dbm, ps = bernoulli counts 0.8 3
                    let v, chains = bits 7 counts.Head 2, bits 5 dbm.Units 3
                    let made = Rule.estimate (Dbm.persistent 5 2 4 ps dbm) moment ps (Node [ "chains", Leaf chains ]) v
                    let moved = Kernel.run 2 key (Dbm.gibbs dbm ps) chains
                    expectSame "chains go on" moved (leaf "chains" made.State)
                    let data = Dbm.meanField 0.0 0.0 4 dbm ps v
                    let layers = Dbm.split dbm moved
                    let even = Tensor.cat 1 [ for i in 0..2 .. dbm.Depth -> layers[i] ]

                    let difference ps =
                        Tensor.mean (Dbm.energy dbm ps data) - Tensor.mean (Dbm.evenFreeEnergy dbm ps even)

                    expectGradients 1e-10 (Differentiation.gradParams difference ps) made.Gradients
                    let odd i x = if i % 2 = 1 then Dbm.means dbm ps i moved else x
                    let model = Dbm.join dbm (List.mapi odd layers)
                    let loss = Tensor.mean (Dbm.energy dbm ps data) - Tensor.mean (Dbm.energy dbm ps model)
                    expectClose 1e-10 "loss" [| Tensor.toFloat loss |] [| Tensor.toFloat made.Loss |]
                }

            test "with many chains the rule gives the exact gradient of the bound" {
                let counts = [ 4; 3; 2 ]
                let dbm, ps = bernoulli counts 0.8 3
                let v = bits 6 4 5
                let chains = 40_000
                let rule = Dbm.persistent chains 60 30 ps dbm
                let struct (first, state) = Rule.init key rule
                let made = Rule.estimate rule moment first state v
                let x = Dbm.meanField 0.0 0.0 30 dbm ps v
                let states = Tensor.cast Dtype.Float64 (Energy.enumerate 9)
                let loss ps = -(Tensor.mean (Dbm.bound 0.0 dbm ps x)) + Energy.logPartition (Dbm.energy dbm ps) states
                let exact = Differentiation.gradParams loss ps
                // Numbers between 0 and 1 have a variance of at most 1/4.
                let error = 5.0 * sqrt (0.25 / float chains)

                for (path, a), (_, b) in List.zip (Tree.leaves exact) (Tree.leaves made.Gradients) do
                    let apart = Tensor.toFloat (Tensor.max (Tensor.abs (a - b)))
                    expectLess apart error path
                    expectMore (Tensor.toFloat (Tensor.max (Tensor.abs a))) (2.0 * error) $"{path}: the test has power"
            }

            test "training on bars and stripes goes far beyond independent pixels" {
                let dbm = Dbm.bernoulli [ 9; 8; 4 ]
                let rule = Dbm.persistent 100 5 10 (Dbm.init 0.1 key dbm) dbm
                let steps = 3000
                let optimizer = Optimizer.sgd (Schedule.linear 0.15 0.0 steps)
                let last = Training.fit rule optimizer (Batches.init steps (fun _ -> bars)) key
                let logZ = Dbm.logPartition dbm last.Params
                let exact = Tensor.toFloat (Tensor.mean (Dbm.logLikelihood logZ dbm last.Params bars))
                let x = Dbm.meanField 0.0 0.0 50 dbm last.Params bars
                let bound = Tensor.toFloat (Tensor.mean (Dbm.bound logZ dbm last.Params x))
                // Each pixel is 1 in half of the pictures.
                let independent = -9.0 * log 2.0
                expectMore exact (independent + 2.0) $"ln p, {exact}"
                expectLess exact (-(log 14.0) + 1e-6) "nothing is above the optimum"
                Expect.isTrue (bound <= exact + 1e-4 && bound > exact - 1.0) $"the bound, {bound}, below {exact}"
            }

            test "greedy training: copies share their parameters, and their gradients are means" {
                let dbm = Dbm.bernoulli [ 3; 2; 4; 2 ]
                let data = bits 6 3 3
                let seen = ResizeArray()
                let cd rbm = Rbm.contrastiveDivergence 1 0.5 rbm

                let train own (rule: Rule<Tensor>) (x: Tensor) =
                    let struct (ps, state) = Rule.init own rule
                    let ps = widenParams ps |> Tree.map (fun p -> { p with Value = p.Value + 0.1 })
                    seen.Add((own, x, ps, Rule.estimate rule { Step = 0; Key = own } ps state x))
                    ps

                let made = Dbm.greedy cd train dbm key data
                let value (ps: Params) name = (Tree.leaf [ name ] ps).Value
                let machines = List.ofSeq seen
                Expect.equal [ for own, _, _, _ in machines -> own ] [ for i in 0..2 -> Key.child i key ] "keys"

                let up count (ps: Params) x =
                    Tensor.sigmoid (float count * Tensor.matmul x (value ps "weight") + value ps "hidden")

                let _, x0, ps0, _ = machines[0]
                let _, x1, ps1, _ = machines[1]
                let _, x2, ps2, _ = machines[2]
                let close what a b = expectClose 1e-12 what (Tensor.toDoubles a) (Tensor.toDoubles b)
                expectSame "data" data x0
                close "means above units seen twice" (up 2 ps0 data) x1
                close "means above units seen once" (up 1 ps1 x1) x2

                // The machine of all copies, its parameters as a function of those shared.
                for i, below, above in [ 0, 2, 1; 1, 1, 1; 2, 1, 2 ] do
                    let own, x, ps, made = machines[i]

                    let all (ps: Params) =
                        let cat axis count x = Tensor.cat axis (List.replicate count x)

                        Rbm.parameters
                            (value ps "weight" |> cat 0 below |> cat 1 above)
                            (cat 0 below (value ps "visible"))
                            (cat 0 above (value ps "hidden"))

                    let n, m = (value ps "weight").Shape[0], (value ps "weight").Shape[1]
                    let rbm = Rbm.bernoulli (below * n) (above * m)
                    let v = Tensor.cat 1 (List.replicate below x)
                    let samples = Kernel.run 1 own (Rbm.gibbs rbm (all ps)) v

                    let difference ps =
                        Tensor.mean (Rbm.freeEnergy rbm (all ps) v) - Tensor.mean (Rbm.freeEnergy rbm (all ps) samples)

                    let expected = Differentiation.gradParams difference ps
                    let mean name count = leaf name expected / float count

                    expectGradients
                        1e-10
                        (Node
                            [
                                "hidden", Leaf(mean "hidden" above)
                                "visible", Leaf(mean "visible" below)
                                "weight", Leaf(mean "weight" (below * above))
                            ])
                        made.Gradients

                let weight i = (Tree.leaf [ "weight"; string i ] made).Value
                let bias i = (Tree.leaf [ "bias"; string i ] made).Value
                close "lowest weights" (value ps0 "weight") (weight 0)
                close "weights between are halved" (0.5 * value ps1 "weight") (weight 1)
                close "topmost weights" (value ps2 "weight") (weight 2)
                close "visible" (value ps0 "visible") (bias 0)
                close "first" (0.5 * (value ps0 "hidden" + value ps1 "visible")) (bias 1)
                close "second" (0.5 * (value ps1 "hidden" + value ps2 "visible")) (bias 2)
                close "topmost" (value ps2 "hidden") (bias 3)
            }

            test "greedy training of two machines that mirror each other composes the machine of all copies" {
                let dbm = Dbm.bernoulli [ 3; 4; 3 ]
                let w, a, b = doubles [ 3; 4 ] 1, doubles [ 3 ] 2, doubles [ 4 ] 3
                let first = Rbm.parameters w a b
                let second = Rbm.parameters (Tensor.transpose 0 1 w * 1.0) b a
                let train own _ _ = if own = Key.child 0 key then first else second
                let ps = Dbm.greedy (Rbm.contrastiveDivergence 1 0.1) train dbm key (bits 4 3 1)
                let v, h, other = bits 9 3 2, bits 9 4 3, bits 9 3 4
                let copies = Rbm.parameters (Tensor.cat 0 [ w; w ]) (Tensor.cat 0 [ a; a ]) b

                expectClose
                    1e-12
                    "energy"
                    (Tensor.toDoubles (Rbm.energy (Rbm.bernoulli 6 4) copies (Tensor.cat 1 [ v; other ]) h))
                    (Tensor.toDoubles (Dbm.energy dbm ps (Tensor.cat 1 [ v; h; other ])))
            }

            test "greedy training of one hidden layer is that of the machine" {
                let dbm, rbm = Dbm.bernoulli [ 3; 2 ], Rbm.bernoulli 3 2
                let data = Random.bernoulli 0.5 [ 6; 3 ] key
                let cd rbm = Rbm.contrastiveDivergence 1 0.5 rbm
                let optimizer = Optimizer.sgd (Schedule.constant 0.1)
                let train own rule (x: Tensor) = (Training.fit rule optimizer (Batches.init 5 (fun _ -> x)) own).Params
                let expected = train (Key.child 0 key) (cd rbm) data
                let found = Dbm.greedy cd train dbm key data
                let close name path = expectSame name (Tree.leaf [ name ] expected).Value (Tree.leaf path found).Value
                close "weight" [ "weight"; "0" ]
                close "visible" [ "bias"; "0" ]
                close "hidden" [ "bias"; "1" ]
            }

            for counts in shapes do
                test $"{counts}: the layer gives the first guess, then a dense layer" {
                    let dbm, ps = bernoulli counts 1.0 3
                    let layer = Dbm.toLayer 4 dbm ps
                    let struct (first, state) = Layer.init key layer
                    let x = bits 7 counts.Head 5
                    let y, _ = runLayer layer Eval (widenParams first) state x
                    let top = string (2 * dbm.Depth)
                    let leaf name = Tensor.cast Dtype.Float64 (Tree.leaf [ top; name ] first).Value
                    let expected = Tensor.matmul (Dbm.features 0 dbm ps x) (leaf "weight") + leaf "bias"
                    expectClose 1e-12 "outputs" (Tensor.toDoubles expected) (Tensor.toDoubles y)
                }

            testList
                "refused"
                [ for name, words, f in refusals () -> test name { expectError<ArgumentException> words f } ]
        ]
