/// Exact transition matrices of whole machines and of what joins kernels: they leave their distributions as they are, and the
/// kernels follow them.
module TransitionTests

open Expecto
open Functional
open Functional.FSharp
open Support
open Targets
open RbmTests

let private key = Key.ofSeed 84

/// A kernel on states that can be counted: its distribution, its matrix by the shipped chances, and the kernel itself.
type private Row =
    {
        Name: string
        /// The values of the units: [states; units].
        States: Tensor
        Distribution: float[]
        Matrix: float[,]
        /// Whether the chain looks the same backwards.
        Balanced: bool
        Kernel: Kernel<unit>
    }

let private quiet (kernel: Kernel<'info>) : Kernel<unit> = Kernel.map ignore kernel
let private rows (x: Tensor) = Tensor.toDoubles x |> Array.chunkBySize x.Shape[1]
let private matrixOf n (entry: int -> int -> float) = Array2D.init n n entry
let private size (a: float[,]) = Array2D.length1 a

let private product (a: float[,]) (b: float[,]) =
    matrixOf (size a) (fun i j -> Seq.sum (seq { for k in 0 .. size a - 1 -> a[i, k] * b[k, j] }))

let private power n a = List.reduce product (List.replicate n a)

// Of independent steps of two chains, on pairs of states.
let private beside (a: float[,]) (b: float[,]) =
    let m = size b
    matrixOf (size a * m) (fun i j -> a[i / m, j / m] * b[i % m, j % m])

let private spins = Tensor.ofDoubles [ 8; 3 ] (Array.concat (everyState -1.0 3))
let private bits n = Tensor.ofDoubles [ 1 <<< n; n ] (Array.concat (everyState 0.0 n))
let private softmax (energies: Tensor) = Tensor.toDoubles (Tensor.softmax 0 -energies)

// The matrix of drawing unit after unit anew, from the chance of each to be 1 in each state: [states; units].
let private inOrder (states: Tensor) (chances: float[,]) (units: int list) =
    let all = rows states

    let drawn unit =
        matrixOf all.Length (fun i j ->
            let same = Array.forall2 (=) (Array.removeAt unit all[i]) (Array.removeAt unit all[j])
            let one = chances[i, unit]

            if not same then 0.0
            elif all[j][unit] = 1.0 then one
            else 1.0 - one)

    units |> List.map drawn |> List.reduce product

// Σ over h of p(h | v)·p(v' | h).
let private throughHidden rbm ps visible hidden =
    let v, h = fst (support visible), fst (support hidden)

    // p(x | u) of each state x for each row of inputs u.
    let given units (x: Tensor) (u: Tensor) =
        let logits = Tensor.matmul u (Tensor.transpose 0 1 x)
        Tensor.exp (logits - Tensor.unsqueeze 1 (UnitsMath.logPartition units u))

    let up, down = given hidden h (Rbm.hiddenInputs rbm ps v), given visible v (Rbm.visibleInputs rbm ps h)
    v, Tensor.toDoubles2D (Tensor.matmul up down)

let private boltzmann temperature =
    let couplings, fields = glass 3 1.2 4

    let w =
        Tensor.ofDoubles
            [ 3; 3 ]
            [|
                for i in 0..2 do
                    for j in 0..2 -> couplings[i, j]
            |]

    let machine, ps = Boltzmann.create 2 1 temperature, Boltzmann.parameters w (-(Tensor.ofDoubles [ 3 ] fields))
    let chances = Tensor.toDoubles2D (Boltzmann.conditional machine ps (bits 3))

    {
        Name = $"Boltzmann.gibbs at T = {temperature}"
        States = bits 3
        Distribution = Targets.boltzmann (fun x -> glassEnergy (couplings, fields) x / temperature) (everyState 0.0 3)
        Matrix = inOrder (bits 3) chances [ 0; 1; 2 ]
        Balanced = false
        Kernel = Boltzmann.gibbs machine ps
    }

let private restricted (visible, hidden) =
    let rbm, ps = machineOf (visible, hidden) 6
    let ps = ps |> Tree.map (fun p -> { p with Value = 2.5 * p.Value })
    let states, matrix = throughHidden rbm ps visible hidden

    {
        Name = $"Rbm.gibbs of {visible} and {hidden}"
        States = states
        Distribution = softmax (Rbm.freeEnergy rbm ps states)
        Matrix = matrix
        // What is drawn through another variable and back is.
        Balanced = true
        Kernel = Rbm.gibbs rbm ps
    }

// Kernels of three spins, and what joins them.
let private joined =
    let couplings = glass 3 1.0 5
    let energy = glassOf couplings
    let flips chances = Tensor.toDoubles2D (chances Units.Spin energy spins)

    // A unit takes its other value with the chance given.
    let flip (chances: float[,]) unit =
        matrixOf 8 (fun i j ->
            if i = j then 1.0 - chances[i, unit]
            elif j = (i ^^^ (4 >>> unit)) then chances[i, unit]
            else 0.0)

    let gibbs, metropolis = flips Gibbs.chances, flips Metropolis.chances

    let average (chances: float[,]) =
        matrixOf 8 (fun i j -> List.averageBy (fun unit -> (flip chances unit)[i, j]) [ 0..2 ])

    let sites, tries = average gibbs, average metropolis
    let site, attempt = Gibbs.site Units.Spin energy, Metropolis.flip Units.Spin energy

    // Two blocks, units 0 and 2 and then unit 1, each unit given those before it.
    let block units key (x: Tensor) =
        units
        |> List.fold
            (fun x unit ->
                let chance = Tensor.slice 1 unit (unit + 1) (Gibbs.chances Units.Spin energy x)
                let u = Random.uniformOf Dtype.Float64 chance.Shape (Key.child unit key)
                let mask = Tensor.eqNumber (float unit) (Tensor.arange 3)
                Tensor.where (Tensor.logicalAnd mask (Tensor.lt u chance)) -x x)
            x

    let row name balanced matrix kernel =
        {
            Name = name
            States = spins
            Distribution = softmax (energy spins)
            Matrix = matrix
            Balanced = balanced
            Kernel = kernel
        }

    [
        row
            "blocks"
            false
            (List.reduce product (List.map (flip gibbs) [ 0; 2; 1 ]))
            (Gibbs.blocks [ block [ 0; 2 ]; block [ 1 ] ])
        row
            "mix"
            true
            (matrixOf 8 (fun i j -> 0.3 * sites[i, j] + 0.7 * tries[i, j]))
            (quiet (Kernel.mix [ 0.3, site; 0.7, attempt ]))
        row "inTurn" false (product sites tries) (quiet (Kernel.inTurn [ site; attempt ]))
        row "repeat" true (power 3 tries) (quiet (Kernel.repeat 3 attempt))
        row "thin" true (power 2 sites) (quiet (Kernel.thin 2 site))
    ]

// Two groups of three values, one colour each.
let private potts =
    let states =
        Tensor.ofDoubles
            [ 9; 6 ]
            [|
                for a in 0..2 do
                    for b in 0..2 do
                        for k in 0..5 -> if k = a || k = 3 + b then 1.0 else 0.0
            |]

    let between, fields = doubles [ 3; 3 ] 8, doubles [ 6 ] 9
    let none = Tensor.zerosOf Dtype.Float64 [ 3; 3 ]

    let w = Tensor.cat 0 [ Tensor.cat 1 [ none; between ]; Tensor.cat 1 [ Tensor.transpose 0 1 between; none ] ]

    let inputs (x: Tensor) = Tensor.matmul (Tensor.cast Dtype.Float64 x) w + fields
    let energy = -(0.5 * Tensor.sumOver 1 (Tensor.matmul states w * states) + Tensor.matmul states fields)

    // Of each state the chances of the values of both groups.
    let chances =
        Tensor.toDoubles2D (Tensor.reshape [ 9; 6 ] (Tensor.softmax 2 (Tensor.reshape [ 9; 2; 3 ] (inputs states))))

    let first = matrixOf 9 (fun i j -> if i % 3 = j % 3 then chances[i, j / 3] else 0.0)
    let second = matrixOf 9 (fun i j -> if i / 3 = j / 3 then chances[i, 3 + j % 3] else 0.0)

    {
        Name = "chromatic of softmax units"
        States = states
        Distribution = softmax energy
        Matrix = product first second
        Balanced = false
        Kernel = Gibbs.chromatic (Units.Softmax 3) [ 0; 0; 0; 1; 1; 1 ] inputs
    }

let private table =
    [
        boltzmann 1.0
        boltzmann 0.6
        boltzmann 2.0
        for pair in everyPair do
            if isDiscrete (fst pair) && isDiscrete (snd pair) then
                restricted pair
        yield! joined
        potts
    ]

// From each state as many chains move on: a chi-squared test of where they come, at a chance of 1e-4.
let private expectFollows each (matrix: float[,]) (start: Tensor) (move: Tensor -> int[]) =
    let reached = move (Tensor.repeatInterleave 0 each start)

    for i in 0 .. size matrix - 1 do
        let likely =
            [
                for j in 0 .. size matrix - 1 do
                    if matrix[i, j] > 0.0 then
                        j
            ]

        let place j = List.tryFindIndex ((=) j) likely
        let found = reached[i * each .. (i + 1) * each - 1] |> Array.map (place >> Option.defaultValue -1)
        Expect.isFalse (Array.contains -1 found) $"from state {i} where the matrix says never"

        if likely.Length > 1 then
            expectMore (Chances.pearson [ for j in likely -> matrix[i, j] ] found) 1e-4 $"from state {i}"

let private numberIn (states: Tensor) (x: Tensor) =
    let all = rows states
    rows x |> Array.map (fun state -> Array.findIndex ((=) state) all)

// Two spins at two temperatures: pairs of states, the colder first.
let private copies =
    let couplings = glass 2 1.0 7
    let energy = glassOf couplings
    let states = Tensor.ofDoubles [ 4; 2 ] (Array.concat (everyState -1.0 2))
    let temperatures = [ 1.0; 2.5 ]
    let at t = Metropolis.flip Units.Spin (Energy.tempered t energy)

    let moves =
        temperatures
        |> List.map (fun t ->
            let chances = Tensor.toDoubles2D (Metropolis.chances Units.Spin (Energy.tempered t energy) states)

            matrixOf 4 (fun i j ->
                let there unit = if j = (i ^^^ (2 >>> unit)) then chances[i, unit] / 2.0 else 0.0
                if i = j then 1.0 - (chances[i, 0] + chances[i, 1]) / 2.0 else there 0 + there 1))
        |> List.reduce beside

    let e = Tensor.toDoubles (energy states)

    let swap =
        matrixOf 16 (fun i j ->
            let a, b = i / 4, i % 4
            let chance = min 1.0 (exp ((e[a] - e[b]) * (1.0 - 1.0 / 2.5)))
            let there = if j = 4 * b + a then chance else 0.0
            if i = j then there + 1.0 - chance else there)

    let distribution =
        let cold, hot = softmax (energy states), softmax (energy states / 2.5)

        [|
            for p in cold do
                for q in hot -> p * q
        |]

    struct (states, distribution, moves, swap, Tempering.parallelTempering temperatures energy at)

let tests =
    testList
        "transitions"
        [
            for row in table do
                test $"{row.Name}: the distribution stays" {
                    (Law.stationary 1e-6 row.Distribution row.Matrix).Check()

                    if row.Balanced then
                        (Law.detailedBalance 1e-6 row.Distribution row.Matrix).Check()

                    // A little warmer it is another one, which the law sees.
                    let warmer = row.Distribution |> Array.map (fun p -> p ** 0.9)
                    let warmer = warmer |> Array.map (fun p -> p / Array.sum warmer)
                    Expect.isFalse (Law.stationary 1e-6 warmer row.Matrix).Holds "another distribution does not"
                }

                test $"{row.Name}: states follow the matrix" {
                    expectFollows 3000 row.Matrix row.States (fun start ->
                        // A mixture draws one kernel for all chains of a step, so that each step is that of few chains.
                        if row.Name = "mix" then
                            let moves = start.Shape[0] / 8

                            Array.init moves (fun i -> Kernel.run 1 (Key.child i key) row.Kernel row.States)
                            |> Array.map (numberIn row.States)
                            |> fun all ->
                                [|
                                    for state in 0..7 do
                                        for i in 0 .. moves - 1 -> all[i][state]
                                |]
                        else
                            numberIn row.States (Kernel.run 1 key row.Kernel start))
                }

            test "parallel tempering: the product of the distributions stays, with an exchange and without" {
                let struct (_, distribution, moves, swap, _) = copies
                (Law.stationary 1e-6 distribution moves).Check()
                (Law.stationary 1e-6 distribution (product moves swap)).Check()
                (Law.detailedBalance 1e-6 distribution swap).Check()
            }

            for step, name in [ 0, "with an exchange"; 1, "without" ] do
                test $"parallel tempering: pairs follow the matrix, {name}" {
                    let struct (states, _, moves, swap, kernel) = copies
                    let matrix = if step = 0 then product moves swap else moves
                    let pair place = Tensor.ofInts [ for i in 0..15 -> place i ]
                    let cold = Tensor.indexSelect 0 (pair (fun i -> i / 4)) states
                    let hot = Tensor.indexSelect 0 (pair (fun i -> i % 4)) states

                    expectFollows 4000 matrix (Tensor.cat 1 [ cold; hot ]) (fun start ->
                        let state =
                            Kernel.init (Tensor.slice 1 0 2 start) kernel
                            |> Tree.set [ "copies"; "1" ] (Leaf(Tensor.slice 1 2 4 start))
                            |> Tree.set [ "step" ] (Leaf(Tensor.ofInts [ step ]))

                        let struct (after, _) = Kernel.step key state kernel
                        let cold = numberIn states (Kernel.position after)
                        let hot = numberIn states (Tree.leaf [ "copies"; "1" ] after)
                        Array.map2 (fun a b -> 4 * a + b) cold hot)
                }
        ]
