/// A short round trip through cities, found by a Hopfield network (Hopfield and Tank 1985, https://doi.org/10.1007/BF00339943).
module Functional.Examples.HopfieldTank

open System
open Functional
open Functional.FSharp

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

/// The shortest of the trips that the network settles in from so many random states, if there are any.
let tour (trials: int) (key: Key) (cities: Tensor) : int[] option =
    let n = cities.Shape[0]

    Scope.value (fun () ->
        let network = network cities
        let start = 0.1 * Random.normalOf Dtype.Float64 [ trials; n * n ] (Key.child 0 key)
        let settled = Hopfield.recall 1000 (Key.child 1 key) network (anneal network start)
        let rows = Tensor.toDoubles settled.States |> Array.chunkBySize (n * n)

        match Array.choose (decode n) rows with
        | [||] -> None
        | trips -> Some(Array.minBy (length cities) trips))
