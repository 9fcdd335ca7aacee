namespace Functional.FSharp

open Functional

/// The gamma distribution and what is made of it.
[<AutoOpen>]
module RandomGamma =

    /// The gamma distribution and what is made of it.
    [<RequireQualifiedAccess>]
    module Random =

        let private check name (concentration: float) =
            if not (concentration >= 1e-300 && concentration <= 1e300) then
                invalidArg
                    (nameof concentration)
                    $"{name}: a concentration is a positive number (1e-300 to 1e300), not {invariant concentration}"

        // A gamma number as x·eʸ (Marsaglia and Tsang 2000, https://doi.org/10.1145/358407.358414). A concentration a
        // below 1 takes that of a + 1, times u^(1/a): so small that only its logarithm y is sure to be a number.
        // The key belongs to this one number: 0 makes the factor, 1 + 3n, 2 + 3n and 3 + 3n the n-th attempt.
        let private draw (concentration: float) (key: Key) : struct (float * float) =
            let boosted = concentration < 1.0
            let d = (if boosted then concentration + 1.0 else concentration) - 1.0 / 3.0
            let c = 1.0 / sqrt (9.0 * d)
            let mutable found = -1.0
            let mutable at = 1

            while found < 0.0 do
                let struct (x, _) = Drawing.normals at key
                let root = 1.0 + c * x

                if root > 0.0 then
                    let v = root * root * root
                    let u = Drawing.inside (at + 2) key
                    let square = x * x

                    // The first test implies the second and spares its logarithms.
                    if u < 1.0 - 0.0331 * square * square || log u < 0.5 * square + d * (1.0 - v + log v) then
                        found <- d * v

                at <- at + 3

            struct (found, (if boosted then log (Drawing.inside 0 key) / concentration else 0.0))

        /// Gamma with scale 1, density proportional to x^(concentration - 1)·e⁻ˣ; of a floating-point dtype. Numbers too small
        /// for the dtype are 0.
        let gammaOf (dtype: Dtype) (concentration: float) (shape: int seq) (key: Key) =
            check "gamma" concentration

            Drawing.fill "gamma" dtype shape (fun i ->
                let struct (x, y) = draw concentration (Key.child i key)
                x * exp y)

        /// Gamma with scale 1, density proportional to x^(concentration - 1)·e⁻ˣ; float32.
        let gamma (concentration: float) (shape: int seq) (key: Key) = gammaOf Dtype.Float32 concentration shape key

        /// Beta, density proportional to x^(a - 1)·(1 - x)^(b - 1) on [0, 1]; of a floating-point dtype.
        let betaOf (dtype: Dtype) (a: float) (b: float) (shape: int seq) (key: Key) =
            check "beta" a
            check "beta" b

            // x/(x + y) of two gamma numbers, by their logarithms: both may be too small for a float.
            Drawing.fill "beta" dtype shape (fun i ->
                let own = Key.child i key
                let struct (x, logX) = draw a (Key.child 0 own)
                let struct (y, logY) = draw b (Key.child 1 own)
                1.0 / (1.0 + y / x * exp (logY - logX)))

        /// Beta, density proportional to x^(a - 1)·(1 - x)^(b - 1) on [0, 1]; float32.
        let beta (a: float) (b: float) (shape: int seq) (key: Key) = betaOf Dtype.Float32 a b shape key
