/// Random numbers by example.
module RandomTests

open System
open System.Threading.Tasks
open Expecto
open MathNet.Numerics
open Functional
open Functional.FSharp
open Support
open Chances
open ContinuousTests
open DiscreteTests

let private key = Key.ofSeed 7
let private floating = [ Dtype.Float32; Dtype.Float64 ]

let tests =
    testList
        "examples"
        [
            test "frozen float32 uniforms, integers, orders and classes" {
                let key = Key.ofSeed 2024

                let expected =
                    [| 0.62276548147201538; 0.97093081474304199; 0.097231864929199219; 0.082305073738098145 |]

                Expect.equal (Random.uniform [ 4 ] key |> Tensor.toDoubles) expected "uniform"

                Expect.equal
                    (Random.integers -3L 9L [ 8 ] key |> Tensor.toLongs)
                    [| 4L; -2L; 0L; -2L; 6L; 3L; -2L; 4L |]
                    "integers"

                Expect.equal (Random.permutation 8 key) [| 1; 2; 5; 6; 7; 3; 0; 4 |] "permutation"
                Expect.equal (Random.choice 3 8 key) [| 4; 0; 3 |] "choice"

                let rows =
                    [
                        [ 0.5; -1.0; 2.0; 0.0 ]
                        [ 1.0; 1.0; 1.0; 1.0 ]
                        [ -infinity; 0.0; 3.0; 1.0 ]
                        [ -2.0; 4.0; -1.0; 0.5 ]
                        [ 0.0; 0.0; 0.0; 0.0 ]
                        [ 1.0; 2.0; 3.0; 4.0 ]
                    ]

                let classes = Random.categorical (Tensor.stack 0 (List.map Tensor.ofSeq rows)) key
                Expect.equal (Tensor.toLongs classes) [| 2L; 0L; 2L; 1L; 3L; 3L |] "categorical"
                let low = Int64.MinValue
                // 3·2^62 numbers: those at 8, 20 and 29 are drawn again.
                let wide = Random.integers low (low + 3L * (1L <<< 62)) [ 30 ] key |> Tensor.toLongs
                let again = [ wide[0]; wide[8]; wide[20]; wide[29] ]

                Expect.equal
                    again
                    [ -607374682526895713L; 1014862147556989241L; -5285247391230076010L; -6971251233438672219L ]
                    "a wide range"
            }

            for low, high, golden in tails do
                test $"truncatedNormal {low} {high}, frozen numbers" {
                    Random.truncatedNormalOf Dtype.Float64 low high [ 4 ] (Key.ofSeed 2024)
                    |> Tensor.toDoubles
                    |> expectClose 1e-13 "truncatedNormal" (Array.ofList golden)
                }

            test "the normal tail, to 14 digits" {
                // By 40 digits of another language: the complementary error function of x/√2 would only be as good as x/√2.
                let known =
                    [
                        0.3, 0.38208857781104737
                        0.99, 0.16108705951083091
                        1.0, 0.15865525393145705
                        1.5, 0.066807201268858066
                        2.5, 0.0062096653257761352
                        4.0, 3.1671241833119921e-5
                        5.0, 2.8665157187919391e-7
                        9.0, 1.1285884059538406e-19
                        20.0, 2.7536241186062337e-89
                        37.0, 5.7255712225245768e-300
                    ]

                for x, expected in known do
                    Expect.floatClose { absolute = 0.0; relative = 1e-14 } (NormalTail.tail x) expected $"{x}"
            }

            test "truncatedNormal stays between its bounds, in float32 too" {
                for low, high in [ 0.1, 0.1000001; -0.1, 0.7; 5.0, 5.0001; -1e6, -999999.9; 30.0, infinity ] do
                    for dtype in floating do
                        let x = Random.truncatedNormalOf dtype low high [ 5000 ] key |> Tensor.toDoubles
                        Expect.isTrue (Array.forall (fun x -> x >= low && x <= high) x) $"{low} {high} {dtype}"
            }

            test "gamma and beta with extreme concentrations are numbers" {
                for a in [ 1e-300; 1e-5; 1e5; 1e300 ] do
                    let x = Random.gammaOf Dtype.Float64 a [ 200 ] key |> Tensor.toDoubles
                    Expect.isTrue (Array.forall (fun x -> Double.IsFinite x && x >= 0.0) x) $"gamma {a}"

                    for b in [ 1e-300; 1e-5; 1e5; 1e300 ] do
                        let x = Random.betaOf Dtype.Float64 a b [ 200 ] key |> Tensor.toDoubles
                        Expect.isTrue (Array.forall (fun x -> x >= 0.0 && x <= 1.0) x) $"beta {a} {b}"

                // With tiny concentrations either number is all: a coin.
                let coin = Random.beta 1e-300 1e-300 [ 24000 ] key |> ints
                expectAbove 1e-6 "a coin" (pearson [ 0.5; 0.5 ] coin)
            }

            testProperty "bernoulliEach is uniform < p, of any layout"
            <| fun (seed: int) (rows: uint8) ->
                let key, shape = Key.ofSeed seed, [ int rows; 3 ]

                floating
                |> List.forall (fun dtype ->
                    let p = Random.uniformOf dtype (List.rev shape) (Key.child 1 key) |> Tensor.transpose 0 1
                    let expected = Tensor.lt (Random.uniformOf dtype shape key) p |> Tensor.cast dtype
                    Tensor.equal expected (Random.bernoulliEach p key))

            test "bernoulli is uniform < p; 0 is never and 1 always" {
                let u = Random.uniform [ 10001 ] key
                let below p = Tensor.lt u (Tensor.scalar p) |> Tensor.cast Dtype.Float32

                for p in [ 0.0; 1e-4; 0.3; 1.0 ] do
                    expectSame $"{p}" (below p) (Random.bernoulli p [ 10001 ] key)

                Expect.equal (Tensor.toFloat (Tensor.sum (Random.bernoulli 0.0 [ 10001 ] key))) 0.0 "never"
                Expect.equal (Tensor.toFloat (Tensor.sum (Random.bernoulli 1.0 [ 10001 ] key))) 10001.0 "always"
                let half = Tensor.full [ 7 ] 0.5 |> Tensor.cast Dtype.BFloat16
                Expect.equal (Random.bernoulliEach half key).Dtype Dtype.BFloat16 "bfloat16 stays"
            }

            test "what is drawn from a tensor is a constant" {
                let drawn p = Tensor.sum (p * Random.bernoulliEach p key)
                let p = Tensor.full [ 50 ] 0.4
                expectSame "the gradient" (Random.bernoulliEach p key) (Differentiation.grad drawn p)
            }

            test "categorical: leading axes stay, one class is always drawn, any layout" {
                let x = Random.normal [ 4; 2; 3 ] key
                Expect.equal (Random.categorical x key).Shape [| 4; 2 |] "the shape"
                Expect.equal (Random.categorical x key).Dtype Dtype.Int64 "the dtype"
                Expect.equal (Random.categorical (Tensor.zeros [ 0; 3 ]) key).Shape [| 0 |] "no rows"

                Expect.equal
                    (Tensor.toLongs (Random.categorical (Tensor.zeros [ 5; 1 ]) key))
                    (Array.zeroCreate 5)
                    "one class"

                let turned = Tensor.transpose 0 2 x
                let copied = Tensor.ofArray (List.ofArray turned.Shape) (Tensor.toArray turned)
                expectSame "transposed" (Random.categorical copied key) (Random.categorical turned key)
            }

            testProperty "choice is the end of a permutation, backwards"
            <| fun (seed: int) (count: uint8) (taken: uint8) ->
                let count, key = int count, Key.ofSeed seed
                let taken = int taken % (count + 1)
                Random.choice taken count key = Array.truncate taken (Array.rev (Random.permutation count key))

            testProperty "integers lie between their bounds"
            <| fun (seed: int) (a: int64) (b: int64) ->
                let low, high = min a b, max a b

                low = high
                || Random.integers low high [ 20 ] (Key.ofSeed seed)
                   |> Tensor.toLongs
                   |> Array.forall (fun x -> x >= low && x < high)

            test "integers of the widest range" {
                let x = Random.integers Int64.MinValue Int64.MaxValue [ 2000 ] key |> Tensor.toLongs
                let positive = x |> Array.map (fun x -> if x > 0L then 1 else 0)
                expectAbove 1e-6 "half of them are positive" (pearson [ 0.5; 0.5 ] positive)
            }
        ]
