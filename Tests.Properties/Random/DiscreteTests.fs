/// Discrete distributions, by the chance of their counts.
module DiscreteTests

open System
open Expecto
open Functional
open Functional.FSharp
open Support
open Chances

let private key = Key.ofSeed 7
let private floating = [ Dtype.Float32; Dtype.Float64 ]
let ints (x: Tensor) : int seq = Tensor.toLongs x |> Seq.map int
let private equally n = List.replicate n (1.0 / float n)
let private logits = [ 0.5; -1.0; 2.0; -infinity; 0.0 ]

let private weights =
    logits |> List.map exp |> fun w -> w |> List.filter ((<) 0.0) |> List.map (fun x -> x / List.sum w)

// Which of all orders this is, or of all ordered choices.
let rec private rank (numbers: int list) (left: int list) =
    match numbers with
    | [] -> 0
    | first :: rest ->
        let place = List.findIndex ((=) first) left
        let ways = List.fold (*) 1 [ for k in 1 .. rest.Length -> left.Length - k ]
        place * ways + rank rest (List.removeAt place left)

let private orders draw total = [ for i in 0..24000 -> rank (List.ofArray (draw (Key.child i key))) [ 0 .. total - 1 ] ]

// Without drawing again, every third number would come twice as often.
let private thirds () =
    let low = Int64.MinValue

    Random.integers low (low + (1L <<< 62) + (1L <<< 62) + (1L <<< 62)) [ 24000 ] key
    |> Tensor.toLongs
    |> Array.map (fun x -> int ((uint64 x - uint64 low) % 3UL))

let private discrete: (string * float list * (unit -> int seq)) list =
    [
        "bernoulli", [ 0.7; 0.3 ], (fun () -> Random.bernoulli 0.3 [ 24001 ] key |> ints)
        for dtype in floating do
            $"bernoulliEach {dtype}",
            [ 0.7; 0.3 ],
            (fun () -> Random.bernoulliEach (Tensor.full [ 24001 ] 0.3 |> Tensor.cast dtype) key |> ints)

            $"categorical {dtype}",
            weights,
            (fun () ->
                let rows = Tensor.stack 0 (List.replicate 24000 (Tensor.ofSeq logits)) |> Tensor.cast dtype
                // The class -∞ would be number 3; what is behind it moves up.
                Random.categorical rows key |> ints |> Seq.map (fun c -> if c = 3 then 99 else min c 3))
        "integers", equally 12, (fun () -> Random.integers -3L 9L [ 24000 ] key |> ints |> Seq.map ((+) 3))
        "integers, a range that does not divide 2^64", equally 3, (fun () -> thirds ())
        "permutation 4", equally 24, (fun () -> orders (Random.permutation 4) 4)
        "choice 2 of 5", equally 20, (fun () -> orders (Random.choice 2 5) 5)
        "choice 1 of 3", equally 3, (fun () -> orders (Random.choice 1 3) 3)
    ]

let tests =
    testList
        "discrete distributions"
        [
            for name, probabilities, draw in discrete do
                test $"{name}, chi-squared" {
                    expectAbove 1e-6 "the chance of such counts" (pearson probabilities (draw ()))
                }
        ]
