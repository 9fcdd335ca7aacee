module KeyTests

open System
open System.Threading.Tasks
open Expecto
open Functional
open Functional.FSharp
open Support

// The first outputs of SplitMix64 from seed 1234567, as published with the reference implementation.
let private published =
    [
        6457827717110365317UL
        3203168211198807973UL
        9817491932198370423UL
        4593380528125082431UL
        16408922859458223821UL
    ]

let private mean (xs: float[]) = Array.average xs
let private variance xs = (let m = mean xs in Array.averageBy (fun x -> (x - m) ** 2.0) xs)

let private correlation (xs: float[]) (ys: float[]) =
    let mx, my = mean xs, mean ys

    Array.averageBy (fun (x, y) -> (x - mx) * (y - my)) (Array.zip xs ys)
    / sqrt (variance xs * variance ys)

let private uniforms count key = Random.uniform [ count ] key |> Tensor.toDoubles

let tests =
    testList
        "keys and random numbers"
        [
            test "the numbers of a key are those of SplitMix64" {
                Expect.equal [ for i in 0..4 -> Key.bits i (Key.ofSeed 1234567) ] published "published values"
            }

            testProperty "the same key gives the same bits, on any thread"
            <| fun (seed: int) ->
                let draw () = Random.normal [ 5; 7 ] (Key.ofSeed seed) |> Tensor.toArray
                draw () = Task.Run(draw).Result

            testProperty "children differ from each other, from the parent and from its numbers"
            <| fun (seed: int) ->
                let key = Key.ofSeed seed

                let family =
                    [
                        key.Bits
                        for i in 0..20 do
                            (Key.child i key).Bits
                            Key.bits i key
                    ]

                List.distinct family = family

            test "keys whose seeds differ by 2^32 give other numbers" {
                let a, b = Key.OfSeed 7L, Key.OfSeed(7L + (1L <<< 32))
                Expect.notEqual (uniforms 10 a) (uniforms 10 b) "libtorch's generator would give the same"
            }

            test "children are uncorrelated" {
                // 100 pairs of siblings and 100 of parent and child, 10,000 numbers each: 5 standard errors.
                for i in 0..99 do
                    let key = Key.child i (Key.ofSeed 3)

                    let own, first, second =
                        uniforms 10000 key, uniforms 10000 (Key.child 0 key), uniforms 10000 (Key.child 1 key)

                    expectWithin 0.05 "siblings" 0.0 (correlation first second)
                    expectWithin 0.05 "parent and child" 0.0 (correlation own first)
            }

            testProperty "a permutation has each number once"
            <| fun (count: uint8) (seed: int) ->
                Array.sort (Random.permutation (int count) (Key.ofSeed seed)) = [| 0 .. int count - 1 |]

            test "each place of a permutation is equally likely" {
                let trials, size = 12000, 6
                let counts = Array2D.zeroCreate size size

                for i in 1..trials do
                    Random.permutation size (Key.child i (Key.ofSeed 2))
                    |> Array.iteri (fun place value -> counts[place, value] <- counts[place, value] + 1)

                let expected = float trials / float size
                let bound = 5.0 * sqrt (expected * (1.0 - 1.0 / float size))

                counts |> Array2D.iter (fun count -> expectWithin bound "5 standard errors" expected (float count))
            }
        ]
