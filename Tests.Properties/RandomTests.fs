/// Each distribution is a row: its moments, its distribution function and frozen numbers are its witnesses.
module RandomTests

open System
open System.Threading.Tasks
open Expecto
open MathNet.Numerics
open Functional
open Functional.FSharp
open Support

type private Continuous =
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

let private distributions =
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
let private tails =
    [
        -infinity, 0.5, [ -0.17479848153074612; -1.4967265324269983; -0.81878618467322565; -1.4027965181724748 ]
        3.0, infinity, [ 3.2853780703605411; 3.031020159942623; 3.1064159535976773; 3.0374214828117448 ]
        -41.0, -40.0, [ -40.01183049615246; -40.058187790159114; -40.030188027435564; -40.053744284402896 ]
        1000.0, infinity, [ 1000.000974886916; 1000.0001022894711; 1000.0003546425367; 1000.0001235093414 ]
        -infinity, infinity, [ 0.31275220909141246; -1.2974865877716841; -0.52850003580939469; -1.1942672058110864 ]
        5.0, 5.5, [ 5.1654027134956886; 5.0183201606694992; 5.0626501660732632; 5.0220962424538855 ]
    ]

// ---- statistics

let private moments (row: Continuous) dtype =
    let n = 100000
    let x = row.Draw dtype [ n ] key |> Tensor.toDoubles
    let mean = Array.average x
    let variance = Array.averageBy (fun x -> (x - row.Mean) ** 2.0) x
    let error = 5.0 / sqrt (float n)
    let spread = row.Variance * sqrt (row.ExcessKurtosis + 2.0)
    Expect.isLessThan (abs (mean - row.Mean)) (error * sqrt row.Variance) $"mean {mean}"
    Expect.isLessThan (abs (variance - row.Variance)) (error * spread) $"variance {variance}"

// The chance of a distance as large as that between a sample and its distribution (Kolmogorov; Stephens 1970).
let private kolmogorov (cdf: float -> float) (sample: float[]) =
    let n = float sample.Length

    let distance =
        Array.sort sample
        |> Array.mapi (fun i x -> max (abs (cdf x - float i / n)) (abs (cdf x - float (i + 1) / n)))
        |> Array.max

    let t = distance * (sqrt n + 0.12 + 0.11 / sqrt n)

    2.0
    * Seq.sum (seq { for k in 1..100 -> (if k % 2 = 1 then 1.0 else -1.0) * exp (-2.0 * (float k * t) ** 2.0) })

// The chance of counts as far from these probabilities (Pearson).
let private pearson (probabilities: float list) (drawn: int seq) =
    let counts = drawn |> Seq.countBy id |> Map.ofSeq
    let total = counts |> Map.toSeq |> Seq.sumBy snd |> float

    let square =
        probabilities
        |> List.mapi (fun i p ->
            let count = counts |> Map.tryFind i |> Option.defaultValue 0
            (float count - total * p) ** 2.0 / (total * p))
        |> List.sum

    let known = counts |> Map.forall (fun i _ -> i >= 0 && i < probabilities.Length)
    Expect.isTrue known "no outcome besides the known ones"
    SpecialFunctions.GammaUpperRegularized(float (probabilities.Length - 1) / 2.0, square / 2.0)

let private correlation (a: float[]) (b: float[]) =
    let ma, mb = Array.average a, Array.average b
    let product f = Array.averageBy f (Array.zip a b)

    product (fun (x, y) -> (x - ma) * (y - mb))
    / sqrt (product (fun (x, _) -> (x - ma) ** 2.0) * product (fun (_, y) -> (y - mb) ** 2.0))

// ---- discrete rows

let private ints (x: Tensor) : int seq = Tensor.toLongs x |> Seq.map int
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

// ---- what holds of all

/// Everything that draws a shape, as numbers.
let private draws: (string * (int list -> Key -> Tensor)) list =
    [
        for row in distributions do
            for dtype in floating do
                $"{row.Name} {dtype}", (fun shape key -> row.Draw dtype shape key)
        "bernoulli", (fun shape key -> Random.bernoulli 0.3 shape key)
        "bernoulliEach", (fun shape key -> Random.bernoulliEach (Tensor.full shape 0.3) key)
        "categorical", (fun shape key -> Random.categorical (Tensor.zeros (shape @ [ 5 ])) key)
        "integers", (fun shape key -> Random.integers -3L 9L shape key)
    ]

let private laws name (draw: int list -> Key -> Tensor) =
    testList
        name
        [
            test "the same key gives the same bits, on any thread and in any order" {
                let bits i = Tensor.toDoubles (draw [ 301 ] (Key.child i key))
                let expected = [| for i in 0..7 -> bits i |]
                let found = Array.init 8 (fun _ -> [||])
                Parallel.For(0, 8, (fun i -> found[7 - i] <- bits (7 - i))) |> ignore
                Expect.equal found expected "in parallel and the other way round"
            }

            test "an element depends on its number alone" {
                let all = Tensor.toDoubles (draw [ 60 ] key)

                for count in [ 0; 1; 2; 7; 59 ] do
                    Expect.equal (Tensor.toDoubles (draw [ count ] key)) all[.. count - 1] $"the first {count}"

                let folded = draw [ 3; 4; 5 ] key
                Expect.equal folded.Shape [| 3; 4; 5 |] "the shape"
                Expect.equal (Tensor.toDoubles folded) all "the last axis runs fastest"
                Expect.equal (draw [] key).Shape [||] "without axes"
            }

            test "keys, their children and neighbours are uncorrelated" {
                let n = 20000
                let bound = 5.0 / sqrt (float n)
                let numbers key = Tensor.toDoubles (draw [ n ] key)
                let own, first, second = numbers key, numbers (Key.child 0 key), numbers (Key.child 1 key)
                Expect.isLessThan (abs (correlation first second)) bound "siblings"
                Expect.isLessThan (abs (correlation own first)) bound "parent and child"
                Expect.isLessThan (abs (correlation own[1..] own[.. n - 2])) bound "neighbours"
                Expect.isLessThan (abs (correlation own[2..] own[.. n - 3])) bound "neighbours of neighbours"
            }

            test "a shape with a negative length, and one too large, are refused" {
                // bernoulliEach and categorical are given tensors, which have no such shape.
                if name <> "bernoulliEach" && name <> "categorical" then
                    let function' = name.Split(' ')[0]
                    expectError<ArgumentException> [ function'; "-1" ] (fun () -> draw [ 2; -1 ] key |> ignore)

                    expectError<ArgumentException> [ function'; "65536" ] (fun () ->
                        draw [ 65536; 65536 ] key |> ignore)
            }
        ]

let private distribution (row: Continuous) =
    testList
        row.Name
        [
            for dtype in floating do
                test $"moments, {dtype}" { moments row dtype }

                test $"Kolmogorov and Smirnov, {dtype}" {
                    let chance = row.Draw dtype [ 50000 ] (Key.child 3 key) |> Tensor.toDoubles |> kolmogorov row.Cdf
                    Expect.isGreaterThan chance 1e-6 "the chance of such a sample"
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

            test "whole numbers and bfloat16 are refused" {
                for dtype in [ Dtype.Int64; Dtype.BFloat16; Dtype.Bool ] do
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

let private refusals: (string * string list * (unit -> obj)) list =
    let p values = Tensor.ofSeq values

    [
        "truncatedNormal, bounds in the wrong order",
        [ "truncatedNormal"; "2"; "1" ],
        (fun () -> Random.truncatedNormal 2.0 1.0 [ 2 ] key)
        "truncatedNormal, equal bounds", [ "truncatedNormal" ], (fun () -> Random.truncatedNormal 1.0 1.0 [ 2 ] key)
        "truncatedNormal, NaN", [ "truncatedNormal"; "NaN" ], (fun () -> Random.truncatedNormal nan 1.0 [ 2 ] key)
        "truncatedNormal, no float32 between the bounds",
        [ "truncatedNormal"; "Float32" ],
        (fun () -> Random.truncatedNormal (1.0 + 1e-12) (1.0 + 2e-12) [ 2 ] key)
        "truncatedNormal, beyond float32",
        [ "truncatedNormal"; "Float32" ],
        (fun () -> Random.truncatedNormal 1e39 infinity [ 2 ] key)
        for bad in [ 0.0; -1.0; nan; infinity ] do
            $"gamma {bad}", [ "gamma"; string bad; "positive" ], (fun () -> Random.gamma bad [ 2 ] key)
            $"beta {bad} 1", [ "beta"; string bad; "positive" ], (fun () -> Random.beta bad 1.0 [ 2 ] key)
            $"beta 1 {bad}", [ "beta"; string bad; "positive" ], (fun () -> Random.beta 1.0 bad [ 2 ] key)
        for bad in [ -0.1; 1.5; nan ] do
            $"bernoulli {bad}", [ "bernoulli"; string bad; "0 and 1" ], (fun () -> Random.bernoulli bad [ 2 ] key)

            for dtype in floating do
                for values in [ [ bad; 0.5; 0.5 ]; [ 0.5; bad; 0.5 ]; [ 0.5; 0.5; bad ] ] do
                    $"bernoulliEach {dtype} {values}",
                    [ "bernoulliEach"; "0 and 1" ],
                    (fun () -> Random.bernoulliEach (p values |> Tensor.cast dtype) key)
        "bernoulliEach of whole numbers",
        [ "bernoulliEach" ],
        (fun () -> Random.bernoulliEach (Tensor.ofInts [ 1 ]) key)
        "categorical of whole numbers", [ "categorical" ], (fun () -> Random.categorical (Tensor.ofInts [ 1 ]) key)
        "categorical without axes", [ "categorical"; "[]" ], (fun () -> Random.categorical (Tensor.scalar 1.0) key)
        "categorical without classes",
        [ "categorical"; "[2; 0]" ],
        (fun () -> Random.categorical (Tensor.zeros [ 2; 0 ]) key)
        for bad in [ [ nan; 0.0 ]; [ infinity; 0.0 ]; [ -infinity; -infinity ] ] do
            $"categorical {bad}",
            [ "categorical"; "row 1" ],
            (fun () -> Random.categorical (Tensor.stack 0 [ p [ 0.0; 1.0 ]; p bad ]) key)
        "integers, no number", [ "integers"; "4" ], (fun () -> Random.integers 4L 4L [ 2 ] key)
        "permutation", [ "permutation"; "-1" ], (fun () -> Random.permutation -1 key)
        "choice, too many", [ "choice"; "4"; "3" ], (fun () -> Random.choice 4 3 key)
        "choice, negative", [ "choice"; "-1" ], (fun () -> Random.choice -1 3 key)
    ]

let private examples =
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
                Expect.isGreaterThan (pearson [ 0.5; 0.5 ] coin) 1e-6 "a coin"
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
                Expect.isGreaterThan (pearson [ 0.5; 0.5 ] positive) 1e-6 "half of them are positive"
            }
        ]

let tests =
    testList
        "distributions"
        [
            for row in distributions do
                distribution row
            for name, draw in draws do
                laws name draw
            for name, probabilities, draw in discrete do
                test $"{name}, chi-squared" {
                    Expect.isGreaterThan (pearson probabilities (draw ())) 1e-6 "the chance of such counts"
                }
            for name, words, call in refusals do
                test $"refused: {name}" { expectError<ArgumentException> words (call >> ignore) }
            examples
        ]
