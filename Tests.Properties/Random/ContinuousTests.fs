/// Each distribution is a row: its moments, its distribution function and frozen numbers are its witnesses.
module ContinuousTests

open System
open Expecto
open MathNet.Numerics
open Functional
open Functional.FSharp
open Support
open Chances

type Continuous =
    {
        Name: string
        Draw: Dtype -> int seq -> Key -> Tensor
        Cdf: float -> float
        Mean: float
        Variance: float
        ExcessKurtosis: float
        /// The first four float64 numbers of key 2024, from integers and 60 digits of another language.
        Golden: float list
    }

// The upper tail of the normal distribution.
let private upper x = 0.5 * SpecialFunctions.Erfc(x / sqrt 2.0)

let private truncated (low: float) (high: float) mean variance kurtosis golden =
    let cdf x =
        if high <= 0.0 then
            (upper -x - upper -low) / (upper -high - upper -low)
        else
            (upper low - upper x) / (upper low - upper high)

    {
        Name = $"truncatedNormal {low} {high}"
        Draw = fun dtype -> Random.truncatedNormalOf dtype low high
        Cdf = cdf
        Mean = mean
        Variance = variance
        ExcessKurtosis = kurtosis
        Golden = golden
    }

let private gamma a golden =
    {
        Name = $"gamma {a}"
        Draw = fun dtype -> Random.gammaOf dtype a
        Cdf = fun x -> SpecialFunctions.GammaLowerRegularized(a, x)
        Mean = a
        Variance = a
        ExcessKurtosis = 6.0 / a
        Golden = golden
    }

let private beta a b golden =
    let s = a + b
    let asymmetry = (a - b) * (a - b) * (s + 1.0) - a * b * (s + 2.0)

    {
        Name = $"beta {a} {b}"
        Draw = fun dtype -> Random.betaOf dtype a b
        Cdf = fun x -> SpecialFunctions.BetaRegularized(a, b, x)
        Mean = a / s
        Variance = a * b / (s * s * (s + 1.0))
        ExcessKurtosis = 6.0 * asymmetry / (a * b * (s + 2.0) * (s + 3.0))
        Golden = golden
    }

let private simple name draw cdf mean variance kurtosis golden =
    {
        Name = name
        Draw = draw
        Cdf = cdf
        Mean = mean
        Variance = variance
        ExcessKurtosis = kurtosis
        Golden = golden
    }

let private uniform =
    [ 0.62276553664610967; 0.097231908487692698; 0.29857616111335838; 0.1161867307224459 ]
    |> simple "uniform" Random.uniformOf id 0.5 (1.0 / 12.0) -1.2

let distributions =
    [
        uniform

        simple
            "normal"
            Random.normalOf
            (fun x -> upper -x)
            0.0
            1.0
            0.0
            [ 1.1437693448171829; 0.8009796614934415; 0.62756649344172659; 0.56164597823016738 ]

        simple
            "exponential"
            Random.exponentialOf
            (fun x -> 1.0 - exp -x)
            1.0
            1.0
            6.0
            [ 0.47358517670286565; 2.3306563447643707; 1.2087302325853093; 2.1525566345233968 ]

        simple
            "laplace"
            Random.laplaceOf
            (fun x -> if x < 0.0 then 0.5 * exp x else 1.0 - 0.5 * exp -x)
            0.0
            2.0
            3.0
            [ 0.28174118557489273; -1.6375091642044253; -0.51558305202536404; -1.4594094539634515 ]

        simple
            "gumbel"
            Random.gumbelOf
            (fun x -> exp -(exp -x))
            Constants.EulerMascheroni
            (Math.PI * Math.PI / 6.0)
            2.4
            [ 0.7474234950937554; -0.84614992094149511; -0.18957041405107407; -0.7666562680181707 ]

        gamma 2.5 [ 1.6226638327492038; 3.4732837204697889; 2.7300611796486826; 1.5580529656679118 ]
        gamma 0.3 [ 0.061060158981166079; 0.029961466348954483; 1.1511952559578102; 0.33853367156682013 ]
        gamma 1.0 []
        gamma 40.0 []
        beta 2.0 0.5 [ 0.9236621755886205; 0.99651504097160828; 0.74854159753311366; 0.50822158734881545 ]
        beta 0.2 0.3 []
        beta 5.0 3.0 []

        // Bounds around 0, on one side, in a tail, and mirrored; moments by integration with 60 digits.
        truncated
            -1.0
            2.0
            0.22963717909132897
            0.51976253921153394
            -0.71982754207710341
            [ 0.43563101580200742; -0.71194708921499275; -0.24541362198112774; -0.66268835116081959 ]
        truncated
            0.5
            0.75
            0.62175288421918021
            0.0051911767443525674
            -1.1938304108548185
            [ 0.65098929827982697; 0.52275248354929146; 0.57076017901059684; 0.52721927642100154 ]
        truncated 3.0 4.0 3.2604542855900212 0.049277793777393127 0.56827725416062751 []
        truncated
            8.0
            infinity
            8.1213681122361127
            0.01432488344334091
            5.3863537234568705
            [ 8.1191778872284535; 8.0125855044504676; 8.0435527694836568; 8.0151939543005438 ]
        truncated -37.0 -36.0 -36.02773507528106 0.00076805548097327476 5.9633788512533474 []
    ]

let private floating = [ Dtype.Float32; Dtype.Float64 ]
let private key = Key.ofSeed 7

// The first numbers of key 2024 between other bounds.
let tails =
    [
        -infinity, 0.5, [ -0.17479848153074612; -1.4967265324269983; -0.81878618467322565; -1.4027965181724748 ]
        3.0, infinity, [ 3.2853780703605411; 3.031020159942623; 3.1064159535976773; 3.0374214828117448 ]
        -41.0, -40.0, [ -40.01183049615246; -40.058187790159114; -40.030188027435564; -40.053744284402896 ]
        1000.0, infinity, [ 1000.000974886916; 1000.0001022894711; 1000.0003546425367; 1000.0001235093414 ]
        -infinity, infinity, [ 0.31275220909141246; -1.2974865877716841; -0.52850003580939469; -1.1942672058110864 ]
        5.0, 5.5, [ 5.1654027134956886; 5.0183201606694992; 5.0626501660732632; 5.0220962424538855 ]
    ]

let private moments (row: Continuous) dtype =
    let n = 100000
    let x = row.Draw dtype [ n ] key |> Tensor.toDoubles
    let mean = Array.average x
    let variance = Array.averageBy (fun x -> (x - row.Mean) ** 2.0) x
    let error = 5.0 / sqrt (float n)
    let spread = row.Variance * sqrt (row.ExcessKurtosis + 2.0)
    expectWithin (error * sqrt row.Variance) $"mean {mean}" row.Mean mean
    expectWithin (error * spread) $"variance {variance}" row.Variance variance

let private distribution (row: Continuous) =
    testList
        row.Name
        [
            for dtype in floating do
                test $"moments, {dtype}" { moments row dtype }

                test $"Kolmogorov and Smirnov, {dtype}" {
                    let chance = row.Draw dtype [ 50000 ] (Key.child 3 key) |> Tensor.toDoubles |> kolmogorov row.Cdf
                    expectAbove 1e-6 "the chance of such a sample" chance
                }

            if not row.Golden.IsEmpty then
                test "frozen numbers" {
                    let drawn = row.Draw Dtype.Float64 [ 4 ] (Key.ofSeed 2024) |> Tensor.toDoubles
                    expectClose 1e-13 row.Name (Array.ofList row.Golden) drawn
                }

            test "float32 numbers are rounded float64 numbers, which have all their digits" {
                let wide = row.Draw Dtype.Float64 [ 99 ] key
                Expect.equal wide.Dtype Dtype.Float64 "float64"
                let rounded = Tensor.cast Dtype.Float32 wide
                Expect.isFalse (Tensor.equal wide (Tensor.cast Dtype.Float64 rounded)) "more digits than float32"

                // A uniform number takes 24 bits instead, so that it stays below 1.
                if row.Name <> "uniform" then
                    expectSame row.Name rounded (row.Draw Dtype.Float32 [ 99 ] key)
            }

            test "whole numbers are refused" {
                for dtype in [ Dtype.Int64; Dtype.Int8; Dtype.Bool ] do
                    expectError<ArgumentException> [ row.Name.Split(' ')[0]; string dtype; "Float64" ] (fun () ->
                        row.Draw dtype [ 2 ] key |> ignore)
            }

            test "the extreme bits give finite numbers" {
                // The first numbers of these keys are 0 and 2^64 - 1.
                for bits, first in [ 0x61c8864680b583ebUL, 0UL; 0x31628af67b2131abUL, UInt64.MaxValue ] do
                    let extreme = Key.OfBits bits
                    Expect.equal (Key.bits 0 extreme) first "the first number"

                    for dtype in floating do
                        let x = row.Draw dtype [ 2 ] extreme |> Tensor.toDoubles
                        Expect.isTrue (Array.forall Double.IsFinite x) $"{dtype} {x}"
                        Expect.isTrue (row.Name <> "uniform" || x[0] < 1.0) "below 1"
            }
        ]

let tests =
    testList
        "distributions"
        [
            for row in distributions do
                distribution row
        ]
