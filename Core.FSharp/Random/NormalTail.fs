/// Tails and quantiles of the normal distribution, right far out.
module internal Functional.FSharp.NormalTail

open System

let private density x = exp (-0.5 * x * x) / sqrt (2.0 * Math.PI)

/// Mills' ratio (1 - Φ(x))/φ(x) for x ≥ 1, by Laplace's continued fraction 1/(x + 1/(x + 2/(x + 3/(x + …)))).
let mills (x: float) =
    // So many terms leave a relative error below 1e-17, by comparison with 40 digits at x from 1 to 100.
    let mutable rest = x

    for k in int (450.0 / (x * x)) + 12 .. -1 .. 1 do
        rest <- x + float k / rest

    1.0 / rest

/// Φ(x) - 1/2 for x ≥ 0; near 0 by φ(x)·(x + x³/3 + x⁵/(3·5) + …) (Marsaglia 2004, https://doi.org/10.18637/jss.v011.i04).
let central (x: float) =
    if x < 1.0 then
        let mutable term = x
        let mutable sum = x

        for n in 1..30 do
            term <- term * x * x / float (2 * n + 1)
            sum <- sum + term

        density x * sum
    else
        0.5 - density x * mills x

/// 1 - Φ(x) for x ≥ 0.
let tail (x: float) = if x < 1.0 then 0.5 - central x else density x * mills x

// A ratio of two polynomials of degree 7, the highest powers first.
let private rational (above: float[]) (below: float[]) r =
    let mutable a = 0.0
    let mutable b = 0.0

    for i in 0..7 do
        a <- a * r + above[i]
        b <- b * r + below[i]

    a / b

let private middleAbove, private middleBelow =
    [|
        2.5090809287301226727e3
        3.3430575583588128105e4
        6.7265770927008700853e4
        4.5921953931549871457e4
        1.3731693765509461125e4
        1.9715909503065514427e3
        1.3314166789178437745e2
        3.3871328727963666080
    |],
    [|
        5.2264952788528545610e3
        2.8729085735721942674e4
        3.9307895800092710610e4
        2.1213794301586595867e4
        5.3941960214247511077e3
        6.8718700749205790830e2
        4.2313330701600911252e1
        1.0
    |]

let private sideAbove, private sideBelow =
    [|
        7.74545014278341407640e-4
        2.27238449892691845833e-2
        2.41780725177450611770e-1
        1.27045825245236838258
        3.64784832476320460504
        5.76949722146069140550
        4.63033784615654529590
        1.42343711074968357734
    |],
    [|
        1.05075007164441684324e-9
        5.47593808499534494600e-4
        1.51986665636164571966e-2
        1.48103976427480074590e-1
        6.89767334985100004550e-1
        1.67638483018380384940
        2.05319162663775882187
        1.0
    |]

let private farAbove, private farBelow =
    [|
        2.01033439929228813265e-7
        2.71155556874348757815e-5
        1.24266094738807843860e-3
        2.65321895265761230930e-2
        2.96560571828504891230e-1
        1.78482653991729133580
        5.46378491116411436990
        6.65790464350110377720
    |],
    [|
        2.04426310338993978564e-15
        1.42151175831644588870e-7
        1.84631831751005468180e-5
        7.86869131145613259100e-4
        1.48753612908506148525e-2
        1.36929880922735805310e-1
        5.99832206555887937690e-1
        1.0
    |]

/// Where the upper tail is q, 0 < q ≤ 1/2: -Φ⁻¹(q) to 16 digits (Wichura 1988, AS 241, https://doi.org/10.2307/2347330).
let quantile (q: float) =
    let z = 0.5 - q

    if z <= 0.425 then
        z * rational middleAbove middleBelow (0.180625 - z * z)
    else
        let r = sqrt (-log q)

        if r <= 5.0 then
            rational sideAbove sideBelow (r - 1.6)
        else
            rational farAbove farBelow (r - 5.0)

// Beyond 5 the tail is written as that at `lower` times e⁻ʰ; Newton's steps for h(x) = (x² - lower²)/2 - log(R(x)/R(lower)),
// h' = 1/R, with Mills' ratio R. As h is convex, they come down to the root from a start above it.
let private beyond (lower: float) (upper: float) =
    let nearest = mills lower
    let outside = exp (-0.5 * (upper - lower) * (upper + lower)) * mills upper / nearest

    fun u ->
        let lost = u * (1.0 - outside)
        let kept = 1.0 - lost
        // -log(1 - lost) without cancellation (Kahan).
        let h = if kept = 1.0 then lost else lost * log kept / (kept - 1.0)
        let mutable t = 2.0 * h / (lower + sqrt (lower * lower + 2.0 * h))

        for _ in 1..4 do
            let ratio = mills (lower + t)
            t <- t - ratio * (t * (lower + 0.5 * t) - log (ratio / nearest) - h)

        lower + t

/// The quantile function, on (0, 1), of a normal number that lies between two bounds.
let rec between (lower: float) (upper: float) : float -> float =
    if upper <= 0.0 then
        let mirrored = between -upper -lower
        fun u -> -(mirrored (1.0 - u))
    elif lower >= 5.0 then
        beyond lower upper
    elif lower >= 0.0 then
        let first, last = tail lower, tail upper
        fun u -> quantile (last + (1.0 - u) * (first - last))
    else
        let below, above = tail -lower, tail upper
        let mass = central -lower + central upper

        fun u ->
            let p = below + u * mass

            if p <= 0.5 then -(quantile p) else quantile (above + (1.0 - u) * mass)
