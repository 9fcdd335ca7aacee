/// A short round trip through cities, found by a Hopfield network (Hopfield and Tank 1985, https://doi.org/10.1007/BF00339943).
module Functional.Examples.HopfieldTank

open System
open System.Diagnostics
open Functional
open Functional.FSharp
open Functional.Examples.Report

/// How strongly a trip is held to pass one city at each place and each city once; distances are at most √2.
let private rule = 2.0

/// Cities at random in the unit square: [n; 2].
let cities (count: int) (key: Key) : Tensor = Random.uniformOf Dtype.Float64 [ count; 2 ] key

/// The length of the round trip through cities [n; 2] in this order.
let length (cities: Tensor) (trip: int[]) : float =
    let apart = Tensor.toDoubles2D (Tensor.cdist cities cities)
    Seq.sum (seq { for i in 0 .. trip.Length - 1 -> apart[trip[i], trip[(i + 1) % trip.Length]] })

/// The network whose unit n·c + i says that the trip is in city c at place i. E = A/2·Σ_c (Σ_i x_ci - 1)² +
/// A/2·Σ_i (Σ_c x_ci - 1)² + ½·Σ d_cd·x_ci·(x_d,i+1 + x_d,i-1) up to a constant: the length of the trip, where it is one.
let network (cities: Tensor) : HopfieldNetwork =
    let n = cities.Shape[0]
    let apart = Tensor.toDoubles2D (Tensor.cdist cities cities)

    let weight (c, i) (d, j) =
        if c = d && i = j then
            0.0
        else
            let clash = if c = d || i = j then -rule else 0.0
            let neighbours = (if (i + 1) % n = j then 1.0 else 0.0) + (if (j + 1) % n = i then 1.0 else 0.0)
            clash - neighbours * (apart[min c d, max c d])

    let units =
        [|
            for c in 0 .. n - 1 do
                for i in 0 .. n - 1 -> c, i
        |]

    let weights =
        [|
            for a in units do
                for b in units -> weight a b
        |]

    Hopfield.create
        HopfieldUnits.Binary
        (Tensor.ofDoubles [ n * n; n * n ] weights)
        (Tensor.fullOf Dtype.Float64 [ n * n ] -rule)

// Graded units follow du/dt = -u + (Wv - b), v = sigmoid(u/T), while T falls from 0.5 to 0.05; then each is rounded.
let private anneal (network: HopfieldNetwork) (start: Tensor) =
    let steps = 400

    let step (u: Tensor) number =
        Scope.tensor (fun () ->
            let temperature = 0.5 * Math.Pow(0.1, float number / float steps)
            u + 0.1 * (Hopfield.fields network (Tensor.sigmoid (u / temperature)) - u))

    let ended = Seq.fold step start (seq { 1..steps })
    Tensor.cast Dtype.Float64 (Tensor.gtNumber 0.0 ended)

// The city at each place, where there is one and each is passed once.
let private decode n (state: float[]) =
    let trip =
        [|
            for i in 0 .. n - 1 ->
                [
                    for c in 0 .. n - 1 do
                        if state[n * c + i] = 1.0 then
                            c
                ]
        |]

    if Array.forall (fun here -> List.length here = 1) trip then
        let trip = Array.map List.head trip
        if (Array.distinct trip).Length = n then Some trip else None
    else
        None

/// The trips that the network settles in from so many random states, where it settles in trips.
let trips (trials: int) (key: Key) (cities: Tensor) : int[][] =
    let n = cities.Shape[0]

    Scope.value (fun () ->
        let network = network cities
        let start = 0.1 * Random.normalOf Dtype.Float64 [ trials; n * n ] (Key.child 0 key)
        let settled = Hopfield.recall 1000 (Key.child 1 key) network (anneal network start)
        Tensor.toDoubles settled.States |> Array.chunkBySize (n * n) |> Array.choose (decode n))

/// The shortest of them, if there are any.
let tour (trials: int) (key: Key) (cities: Tensor) : int[] option =
    match trips trials key cities with
    | [||] -> None
    | trips -> Some(Array.minBy (length cities) trips)

/// The length of the shortest of all round trips, from the shortest ways through each set of cities (Held and Karp 1962,
/// https://doi.org/10.1137/0110015).
let shortest (cities: Tensor) : float =
    let n = cities.Shape[0]
    let apart = Tensor.toDoubles2D (Tensor.cdist cities cities)
    // From city 0 through a set of the others, the bits of a number, to one of them.
    let ways = Array2D.create (1 <<< n) n infinity
    ways[1, 0] <- 0.0

    for seen in 1 .. (1 <<< n) - 1 do
        for here in 0 .. n - 1 do
            if ways[seen, here] < infinity then
                for next in 1 .. n - 1 do
                    if seen &&& (1 <<< next) = 0 then
                        let after = seen ||| (1 <<< next)
                        ways[after, next] <- min ways[after, next] (ways[seen, here] + apart[here, next])

    Seq.min (seq { for last in 0 .. n - 1 -> ways[(1 <<< n) - 1, last] + apart[last, 0] })

/// What the network makes of some cities: where it settled, and how long the shortest of all trips is.
type Found = { Cities: Tensor; Trips: int[][]; Shortest: float }

let private count, trials = 8, 100

/// So many sets of cities, and what the network makes of each.
let measure (trips: int -> Key -> Tensor -> int[][]) (sets: int) (key: Key) : Found list =
    [
        for i in 0 .. sets - 1 do
            let key = Key.child i key
            let cities = cities count (Key.child 0 key)

            {
                Cities = cities
                Trips = trips trials (Key.child 1 key) cities
                Shortest = shortest cities
            }
    ]

// How many times as long as the shortest of all each trip is.
let private ratios found = [ for trip in found.Trips -> length found.Cities trip / found.Shortest ]

let private metrics (found: Found list) =
    // Without any trip the best is as bad as can be.
    let best found = List.fold min infinity (ratios found)
    let settled = found |> List.sumBy _.Trips.Length
    let all = List.collect ratios found

    [
        "tour_ratio", List.averageBy best found
        "mean_ratio", (if all.IsEmpty then infinity else List.average all)
        "valid_share", float settled / float (trials * found.Length)
        "optimal_share",
        float (all |> List.filter (fun ratio -> ratio < 1.0 + 1e-9) |> List.length)
        / float (trials * found.Length)
    ]

let private section number (found: Found) =
    let places = Tensor.toDoubles2D found.Cities
    let place city = places[city, 0], places[city, 1]

    let shown =
        match found.Trips with
        | [||] -> Html.note "No state that the network settled in was a round trip."
        | trips ->
            let best = Array.minBy (length found.Cities) trips
            Charts.curves "x" "y" [ "trip", List.map place [ yield! best; best[0] ] ]

    let title =
        $"Cities {number}: the shortest of {found.Trips.Length} trips; the shortest there is has {found.Shortest:F3}"

    Html.titled title shown

let private run (request: Request) (report: Reporter) : Outcome =
    Learn.withoutEpochs request
    let sets = if request.Quick then 3 else 20
    let source = $"{sets} sets of {count} cities in the unit square"
    report.Tell source
    let clock = Stopwatch.StartNew()

    let trips =
        if request.CSharp then
            (fun n key cities -> CSharp.HopfieldTank.Trips(cities, n, key))
        else
            trips

    let found = measure trips sets (Key.ofSeed request.Seed)

    {
        Data = source
        Metrics = metrics found
        Timings = [ "recall_seconds", clock.Elapsed.TotalSeconds ]
        Sections =
            lazy
                [
                    {
                        Title = "Round trips"
                        Html =
                            Html.note
                                $"A network of {count * count} units, one for each city and place in the trip, whose energy is the length of the trip where it is one (Hopfield and Tank 1985). Of {trials} random states of graded units, cooled and then rounded, the shortest trip is shown."
                            + Html.columns (List.mapi (fun i f -> section (i + 1) f) (List.truncate 4 found))
                    }
                ]
    }

/// 64 units.
let entry: Entry =
    {
        Name = "hopfield-tank"
        Description = "A Hopfield network finds short round trips through eight cities"
        HasTwin = true
        Run = run
    }
