namespace Functional.FSharp

open System
open Functional
open Functional.FSharp.Wrapping

/// Norms, variances and quantiles; `…Over` and `…Keeping` as in reductions.
[<AutoOpen>]
module TensorStatistics =

    /// Norms, variances and quantiles; `…Over` and `…Keeping` as in reductions.
    [<RequireQualifiedAccess>]
    module Tensor =

        // x where the condition fails, and a constant where it holds: there its derivative is zero, not 0·∞.
        let private except condition (constant: Tensor -> Tensor) (x: Tensor) = Tensor.where condition (constant x) x

        // f(x) for x > 0, and 0 with derivative 0 at x = 0.
        let private zeroAtZero (f: Tensor -> Tensor) (x: Tensor) =
            let zero = Tensor.eqNumber 0.0 x
            f (except zero Tensor.onesLike x) |> except zero Tensor.zerosLike

        // f(x) for an f with f(c·x) = c·f(x), c ≥ 0, that takes powers of x on the way: where a result shows that these may have left
        // the range of x's dtype, they are computed in float64, and of float64 with the largest element brought to 1.
        let private scaled (low: float) (high: float) (largest: Tensor -> Tensor) (f: Tensor -> Tensor) (x: Tensor) =
            let y = f x

            if x.Count = 0L || Native.forAll (fun y -> Double.IsNaN y || y > low && y < high) y.Raw then
                y
            elif x.Dtype <> Dtype.Float64 then
                f (Tensor.cast Dtype.Float64 x) |> Tensor.cast x.Dtype
            else
                let size = largest (Tensor.abs (Tensor.stopGradient x))
                let plain = Tensor.logicalOr (Tensor.eqNumber 0.0 size) (Tensor.logicalNot (Tensor.isfinite size))
                let size = except plain Tensor.onesLike size
                Tensor.reshape y.Shape size * f (x / size)

        // The smallest normal number over the distance from 1 to the next, and its inverse: between these a power keeps its digits.
        let private least (x: Tensor) =
            match x.Dtype with
            | Dtype.Float64 -> 2e-292
            | Dtype.Float16 -> 6e-2
            | _ -> 2e-31

        // Between these roots, no sum of p-th powers has left the range of the dtype nor lost what its elements have below it; nor has
        // a power of order p - 1 in the derivative, which for p below 0 is the larger one.
        let private leastRoot (p: float) (x: Tensor) =
            if p > 0.0 then least x ** (1.0 / p) else (1.0 / least x) ** (1.0 / (p - 1.0))

        let private mostRoot (p: float) (x: Tensor) = if p > 0.0 then infinity else least x ** (1.0 / (p - 1.0))

        // Of p below 0: an element that is 0 makes the sum infinite and the norm 0, which is constant there.
        let private negativeRoot (p: float) (sum: Tensor -> Tensor) (x: Tensor) =
            let size = Tensor.abs x
            let zero = Tensor.eqNumber 0.0 size
            let whole = sum (except zero Tensor.onesLike size |> Tensor.pow p)
            let zeros = Tensor.gtNumber 0.0 (sum (Tensor.cast x.Dtype zero))
            let zeros = Tensor.logicalAnd zeros (Tensor.logicalNot (Tensor.isnan whole))
            except zeros Tensor.onesLike whole |> Tensor.pow (1.0 / p) |> except zeros Tensor.zerosLike

        // ---- norms

        // The extremes keep the axis or go, as the sum does; those that keep it scale.
        let private normBy name (p: float) sum largest smallest keepLargest keepSmallest (x: Tensor) : Tensor =
            if Double.IsNaN p then
                invalidArg (nameof p) $"{name}: a p-norm needs a number p, not NaN"

            Native.requireFloating name x.Raw

            // Composed: libtorch's own norms are wrong from the third derivative on.
            under name (fun () ->
                if p = 1.0 then
                    sum (Tensor.abs x)
                elif Double.IsPositiveInfinity p then
                    largest (Tensor.abs x)
                elif Double.IsNegativeInfinity p then
                    smallest (Tensor.abs x)
                elif p = 0.0 then
                    // NaN counts: it is not 0.
                    Tensor.neNumber 0.0 x |> Tensor.cast x.Dtype |> sum
                else
                    let power x =
                        if p = 2.0 then
                            zeroAtZero Tensor.sqrt (sum (Tensor.square x))
                        elif p > 0.0 then
                            Tensor.abs x |> zeroAtZero (Tensor.pow p) |> sum |> zeroAtZero (Tensor.pow (1.0 / p))
                        else
                            negativeRoot p sum x

                    let extreme = if p > 0.0 then keepLargest else keepSmallest
                    scaled (leastRoot p x) (mostRoot p x) extreme power x)

        let private flat (x: Tensor) = lift (Ops.reshape [| -1L |]) x

        /// (Σ |x|ᵖ)^(1/p) over all elements: []. For p = 0 the number of elements that are not 0, for ∞ the largest |x|, for -∞
        /// the smallest; below 0 it is 0 where an element is. Its derivative is taken as 0 where it is 0, and by an element that
        /// is 0.
        let norm (p: float) (x: Tensor) = normBy "norm" p Tensor.sum Tensor.max Tensor.min Tensor.max Tensor.min x

        let internal normAlong keep (p: float) (axis: int) (x: Tensor) =
            let largest keep = Tensor.maxAlong keep axis
            let smallest keep = Tensor.minAlong keep axis
            normBy "norm" p (Tensor.sumAlong keep axis) (largest keep) (smallest keep) (largest true) (smallest true) x

        /// (Σ |x|ᵖ)^(1/p) over one axis, which goes; see `norm`.
        let normOver (p: float) (axis: int) (x: Tensor) = normAlong false p axis x
        /// (Σ |x|ᵖ)^(1/p) over one axis, which stays with length 1; see `norm`.
        let normKeeping (p: float) (axis: int) (x: Tensor) = normAlong true p axis x

        // ---- variances

        // x less a constant near its mean, which changes no variance.
        let private centred (axes: int seq) (x: Tensor) =
            x - Tensor.nanToNum (Tensor.meanAlongAxes true axes (Tensor.stopGradient x))

        // Whether a variance in one pass may have lost digits to a mean that is large beside it.
        let private isFar (axes: int seq) (x: Tensor) (variance: Tensor) =
            let mean = Tensor.meanAlongAxes false axes (Tensor.stopGradient x)

            Array.exists2
                (fun mean variance -> mean * mean > 1e2 * variance)
                (Tensor.toDoubles mean)
                (Tensor.toDoubles variance)
            // Of equal elements the variance is exactly 0, whatever the mean.
            && (let x = Tensor.stopGradient x
                not (Tensor.toBool (Tensor.eq (Tensor.max x) (Tensor.min x))))

        let private varBy name unbiased keep (axes: int seq) (x: Tensor) =
            Native.requireFloating name x.Raw

            under name (fun () ->
                let shape = Native.shape x.Raw

                let count = axes |> Seq.fold (fun n axis -> n * shape[Native.axisOf name axis x.Raw]) 1L

                let variance (x: Tensor) = lift (Ops.varOver (wide axes) unbiased keep) x

                // libtorch gives NaN too, but prints a warning.
                if count <= (if unbiased then 1L else 0L) then
                    nan * Tensor.meanAlongAxes keep axes x
                else
                    let found = variance x

                    if x.Count > 0L && isFar axes x found then variance (centred axes x) else found)

        let internal varAll unbiased x = varBy "var" unbiased false [ 0 ] (flat x)
        let internal varAlong unbiased keep axis x = varBy "var" unbiased keep [ axis ] x

        /// Σ (x - mean)²/(n - 1) over several axes, or over n with unbiased = false; the axes stay with length 1 where `keep` says so.
        let varWith (unbiased: bool) (keep: bool) (axes: int seq) (x: Tensor) : Tensor =
            varBy "varWith" unbiased keep axes x

        /// The unbiased variance Σ (x - mean)²/(n - 1) of all elements: []; of fewer than two NaN.
        let var (x: Tensor) : Tensor = varAll true x
        /// The unbiased variance over one axis, which goes.
        let varOver (axis: int) (x: Tensor) : Tensor = varAlong true false axis x
        /// The unbiased variance over one axis, which stays with length 1.
        let varKeeping (axis: int) (x: Tensor) : Tensor = varAlong true true axis x

        let private stdBy name unbiased keep (axes: int seq) (x: Tensor) =
            let root x = zeroAtZero Tensor.sqrt (varBy name unbiased keep axes x)
            let largest x = Seq.fold (fun x axis -> Tensor.maxAlong true axis x) x axes

            under name (fun () -> scaled (leastRoot 2.0 x) infinity largest (fun x -> root x) x)

        let internal stdAll unbiased x = stdBy "std" unbiased false [ 0 ] (flat x)
        let internal stdAlong unbiased keep axis x = stdBy "std" unbiased keep [ axis ] x

        /// The root of `varWith`. Its derivative is taken as 0 where it is 0.
        let stdWith (unbiased: bool) (keep: bool) (axes: int seq) (x: Tensor) : Tensor =
            stdBy "stdWith" unbiased keep axes x

        /// The standard deviation of all elements, the root of the unbiased variance: []. Its derivative is taken as 0 where it is 0.
        let std (x: Tensor) : Tensor = stdAll true x
        /// The standard deviation over one axis, which goes; see `std`.
        let stdOver (axis: int) (x: Tensor) : Tensor = stdAlong true false axis x
        /// The standard deviation over one axis, which stays with length 1; see `std`.
        let stdKeeping (axis: int) (x: Tensor) : Tensor = stdAlong true true axis x

        // ---- quantiles

        let private quantileBy name keep (q: float) (axis: int) (x: Tensor) =
            if not (0.0 <= q && q <= 1.0) then
                invalidArg (nameof q) $"{name}: q is a part of 1, not {invariant q}"

            Native.requireFloating name x.Raw
            let count = Native.size x.Raw (Native.axisOf name axis x.Raw) |> Native.narrow name x.Raw

            if count = 0 then
                invalidArg (nameof x) $"{name} of no elements is not defined, but was given {x}"

            under name (fun () ->
                let sorted, _ = Tensor.sort axis false x
                let at i = Tensor.slice axis i (i + 1) sorted
                let place = q * float (count - 1)
                let below = int place
                let part = place - float below

                let between (a: Tensor) (b: Tensor) =
                    // Between its neighbours, and rising with q: equal ones give themselves.
                    let apart = b - a
                    let found = a + part * apart
                    let found = Tensor.where (Tensor.gt found b) b found
                    // Ends too far apart, or infinite.
                    Tensor.where (Tensor.isinf apart) ((1.0 - part) * a + part * b) found

                let found = if part = 0.0 then at below else between (at below) (at (below + 1))

                // NaN is sorted behind the numbers: where there is one, it stands last.
                let last = at (count - 1)
                let found = Tensor.where (Tensor.isnan last) last found
                if keep then found else Tensor.squeeze axis found)

        let internal quantileAlong keep q axis x = quantileBy "quantile" keep q axis x

        /// The number below which a part q of all elements lies: [], for q from 0 to 1, interpolated linearly between
        /// neighbours at place q·(n - 1) (NumPy's default). NaN where an element is.
        let quantile (q: float) (x: Tensor) : Tensor = quantileBy "quantile" false q 0 (flat x)
        /// The quantile over one axis, which goes; see `quantile`.
        let quantileOver (q: float) (axis: int) (x: Tensor) : Tensor = quantileAlong false q axis x
        /// The quantile over one axis, which stays with length 1; see `quantile`.
        let quantileKeeping (q: float) (axis: int) (x: Tensor) : Tensor = quantileAlong true q axis x

        let internal medianAlong keep axis x = quantileBy "median" keep 0.5 axis x

        /// The middle element of all, of an even number the mean of the two middle ones (NumPy's; PyTorch takes the
        /// smaller one): [].
        let median (x: Tensor) : Tensor = quantileBy "median" false 0.5 0 (flat x)
        /// The median over one axis, which goes; see `median`.
        let medianOver (axis: int) (x: Tensor) : Tensor = medianAlong false axis x
        /// The median over one axis, which stays with length 1; see `median`.
        let medianKeeping (axis: int) (x: Tensor) : Tensor = medianAlong true axis x
