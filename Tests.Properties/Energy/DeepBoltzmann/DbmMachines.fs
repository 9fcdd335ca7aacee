/// Deep Boltzmann machines of a seed, and what sums over all states by loops over plain numbers say of them.
module DbmMachines

open System
open Expecto
open Functional
open Functional.FSharp
open Support
open Targets

let asTensor (states: float[][]) = Tensor.ofDoubles [ states.Length; states[0].Length ] (Array.concat states)
let rows (x: Tensor) = Tensor.toDoubles x |> Array.chunkBySize x.Shape[1]

/// A machine of these layers with float64 parameters of a seed.
let machineOf (layers: (Units * int) list) (scale: float) seed : Dbm * Params =
    let draw i shape = scale * doubles shape (100 * seed + i)
    let counts = List.map snd layers

    Dbm.create [ for units, count in layers -> struct (units, count) ],
    Dbm.parameters
        [ for i, (below, above) in List.indexed (List.pairwise counts) -> draw i [ below; above ] ]
        [ for i, count in List.indexed counts -> draw (50 + i) [ count ] ]

let bernoulli (counts: int list) (scale: float) seed =
    machineOf [ for count in counts -> Units.Bernoulli, count ] scale seed

let mixed =
    [
        [ Units.Spin, 3; Units.Bernoulli, 2; Units.Spin, 2 ]
        [ Units.Softmax 3, 3; Units.Bernoulli, 2; Units.Spin, 2; Units.Bernoulli, 2 ]
        [ Units.Bernoulli, 2; Units.Softmax 3, 3; Units.Bernoulli, 2 ]
        [ Units.Bernoulli, 3; Units.Spin, 2 ]
    ]

let shapes = [ [ 3; 2 ]; [ 3; 2; 2 ]; [ 2; 3; 2; 2 ]; [ 2; 1; 2; 2; 2 ] ]
let everyKind = [ for shape in shapes -> [ for count in shape -> Units.Bernoulli, count ] ] @ mixed

// All states of a layer.
let statesOf (units, count) =
    match units with
    | Units.Bernoulli -> everyState 0.0 count
    | Units.Spin -> everyState -1.0 count
    | Units.Softmax _ -> [| for i in 0 .. count - 1 -> [| for j in 0 .. count - 1 -> if i = j then 1.0 else 0.0 |] |]
    | _ -> failtest $"{units} units have no list of states"

// All combinations of states of layers, the first changing slowest.
let rec product (layers: float[][] list) : float[][] list =
    match layers with
    | [] -> [ [||] ]
    | states :: rest ->
        [
            for state in states do
                for others in product rest -> Array.append [| state |] others
        ]

let allStates layers = product (List.map statesOf layers) |> Array.ofList
let joined (x: float[][]) = Array.concat x
let tensorOf (states: float[][][]) = asTensor (Array.map joined states)

// E of a state by loops.
let energyOf (ps: Params) (x: float[][]) =
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

let logSum (logs: float seq) =
    let most = Seq.max logs
    most + log (Seq.sumBy (fun l -> exp (l - most)) logs)

let logZOf layers ps = allStates layers |> Seq.map (energyOf ps >> (~-)) |> logSum

let chancesOf layers ps =
    let logZ = logZOf layers ps
    allStates layers |> Array.map (fun x -> exp (-(energyOf ps x) - logZ))

// ln p(v) of each state of the visible units.
let likelihoods layers ps =
    let logZ = logZOf layers ps

    statesOf (List.head layers)
    |> Array.map (fun v ->
        let given = product (List.map statesOf (List.tail layers))
        logSum (given |> Seq.map (fun h -> -(energyOf ps (Array.append [| v |] h)))) - logZ)

let visibleStates layers = asTensor (statesOf (List.head layers))

// The general machine with the same weights, whose thresholds are minus the biases.
let general (counts: int list) (ps: Params) =
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
let sweepMatrix (counts: int list) (dbm: Dbm) ps =
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

let expectGradients tolerance (expected: Gradients) (found: Gradients) =
    Expect.equal (Tree.leaves found |> List.map fst) (Tree.leaves expected |> List.map fst) "paths"

    for (path, a), (_, b) in List.zip (Tree.leaves expected) (Tree.leaves found) do
        expectClose tolerance path (Tensor.toDoubles a) (Tensor.toDoubles b)

let leaf name (tree: Tree<Tensor>) = Tree.leaf [ name ] tree
let bits count units seed = Random.bernoulli 0.5 [ count; units ] (Key.ofSeed seed) |> Tensor.cast Dtype.Float64

// Means and products of pairs of visible units, over samples whose rows are means given what is above.
let moments (states: float[][]) (chances: float[]) =
    let n = states[0].Length

    [|
        for i in 0 .. n - 1 do
            for j in i .. n - 1 do
                Array.sum (Array.map2 (fun p (v: float[]) -> p * (if i = j then v[i] else v[i] * v[j])) chances states)
    |]
