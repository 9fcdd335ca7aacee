namespace Functional.FSharp

open System
open Functional

/// Data sets that are drawn, not read: each is a function of its arguments alone. Sample i depends on the key and on i alone and
/// belongs to class i mod k of k classes, so that all are equally frequent up to one; Dataset.shuffle mixes them.
[<RequireQualifiedAccess>]
module Synthetic =

    let private requireCount (count: int) =
        if count < 1 then
            invalidArg (nameof count) $"at least one sample is drawn, not {count}"

    let private requireSpread name (value: float) =
        if not (Double.IsFinite value && value >= 0.0) then
            invalidArg name $"a standard deviation is a number from 0 up, not {invariant value}"

    // Points of the plane: where sample i of class c lies without noise, from a uniform number, and normal noise about it.
    let private plane classes (noise: float) (count: int) (key: Key) (place: int -> float -> struct (float * float)) =
        requireCount count
        requireSpread (nameof noise) noise
        let along, about = Key.child 0 key, Key.child 1 key
        let values = Array.zeroCreate (2 * count)

        for i in 0 .. count - 1 do
            let struct (x, y) = place (i % classes) (Drawing.unit i along)
            let struct (u, v) = Drawing.normals (2 * i) about
            values[2 * i] <- float32 (x + noise * u)
            values[2 * i + 1] <- float32 (y + noise * v)

        Dataset.create
            (Tensor.ofArray [ count; 2 ] values)
            (Tensor.ofLongs [ count ] (Array.init count (fun i -> int64 (i % classes))))

    /// Two spirals (after Lang and Witbrock 1988): class 0 on r·(cos 2πtr, sin 2πtr) with t turns and r² uniform on [0, 1),
    /// class 1 on its mirror image through the origin. Inputs [count; 2], labels int64 [count].
    let spirals (turns: float) (noise: float) (count: int) (key: Key) : Dataset =
        if not (Double.IsFinite turns && turns > 0.0) then
            invalidArg (nameof turns) $"a spiral has a positive number of turns, not {invariant turns}"

        plane 2 noise count key (fun label u ->
            let r = if label = 0 then sqrt u else -(sqrt u)
            let struct (sin, cos) = Math.SinCos(2.0 * Math.PI * turns * sqrt u)
            struct (r * cos, r * sin))

    /// Two half circles that reach into each other, with φ uniform on [0, π): class 0 on (cos φ, sin φ), class 1 on
    /// (1 - cos φ, ½ - sin φ). Inputs [count; 2], labels int64 [count].
    let moons (noise: float) (count: int) (key: Key) : Dataset =
        plane 2 noise count key (fun label u ->
            let struct (sin, cos) = Math.SinCos(Math.PI * u)
            if label = 0 then struct (cos, sin) else struct (1.0 - cos, 0.5 - sin))

    /// Circles about the origin, one class on each radius. Inputs [count; 2], labels int64 [count].
    let rings (radii: float seq) (noise: float) (count: int) (key: Key) : Dataset =
        let radii = Seq.toArray radii

        if radii.Length = 0 || radii |> Array.exists (fun r -> not (Double.IsFinite r && r >= 0.0)) then
            invalidArg
                (nameof radii)
                $"at least one radius is expected, each a number from 0 up, not {List.ofArray radii}"

        plane radii.Length noise count key (fun label u ->
            let struct (sin, cos) = Math.SinCos(2.0 * Math.PI * u)
            struct (radii[label] * cos, radii[label] * sin))

    /// Normal clouds of one standard deviation about centres [k; d], one class each. Inputs [count; d], labels int64 [count].
    let gaussians (centres: Tensor) (deviation: float) (count: int) (key: Key) : Dataset =
        if centres.Rank <> 2 || centres.Count = 0L then
            invalidArg (nameof centres) $"centres are a matrix [k; d] with at least one row and column, not {centres}"

        requireCount count
        requireSpread (nameof deviation) deviation
        let labels = Array.init count (fun i -> int64 (i % centres.Shape[0]))

        let inputs =
            Scope.tensor (fun () ->
                let noise = Random.normal [ count; centres.Shape[1] ] key
                let centres = Tensor.cast Dtype.Float32 centres
                Tensor.indexSelect 0 (Tensor.ofLongs [ count ] labels) centres + deviation * noise)

        Dataset.create inputs (Tensor.ofLongs [ count ] labels)

    /// The centres of k modes on a circle about the origin, mode c at the angle 2πc/k: float32 [k; 2]. Eight on radius 1 or 2
    /// are the usual test of whether a generative model finds every mode.
    let circle (modes: int) (radius: float) : Tensor =
        if modes < 1 || not (Double.IsFinite radius) then
            invalidArg
                (nameof modes)
                $"a circle has at least one mode and a finite radius, not {modes} and {invariant radius}"

        let angle c = 2.0 * Math.PI * float c / float modes

        Tensor.ofArray
            [ modes; 2 ]
            [|
                for c in 0 .. modes - 1 do
                    float32 (radius * cos (angle c))
                    float32 (radius * sin (angle c))
            |]

    /// Bars and stripes (MacKay, Information Theory, Inference, and Learning Algorithms, 2003, chapter 43): every image of n×n
    /// pixels whose rows, or whose columns, are each wholly 0 or 1, once each: float32 [2ⁿ⁺¹ - 2; n·n], 1 ≤ n ≤ 12.
    let barsAndStripes (n: int) : Tensor =
        if n < 1 || n > 12 then
            invalidArg (nameof n) $"bars and stripes have 1 to 12 rows and columns, not {n}"

        let all = 1 <<< n
        let isOn pattern line = float32 ((pattern >>> line) &&& 1)

        // The images without and with all pixels are both; they come with the rows.
        let images =
            [|
                for pattern in 0 .. all - 1 -> fun row _ -> isOn pattern row
                for pattern in 1 .. all - 2 -> fun _ column -> isOn pattern column
            |]

        Tensor.ofArray
            [ images.Length; n * n ]
            [|
                for image in images do
                    for row in 0 .. n - 1 do
                        for column in 0 .. n - 1 -> image row column
            |]
