namespace Functional.FSharp

open System
open System.Threading.Tasks
open Functional

/// Digits drawn from strokes: an image depends on its key and its number alone, and is the same on every machine.
[<RequireQualifiedAccess>]
module internal Strokes =

    // Height and width of an image, in pixels.
    let private size = 28

    // The forms of each digit. A form is its strokes, parted by |; a stroke is the points x,y that the pen passes in a
    // smooth curve, in percent of a square from the upper left. Corners are where one stroke ends and the next begins.
    let private alphabet =
        [|
            [| // 0: closed, narrow, open at the top
                "50,6 30,14 20,40 22,68 36,90 54,94 72,82 80,54 74,24 58,8 44,8"
                "52,6 36,16 28,50 36,84 50,94 64,84 72,50 64,16 48,7"
                "66,14 48,6 28,22 20,52 30,84 50,94 70,82 80,52 70,20 54,12"
            |]
            [| // 1: plain, slanted, with a serif, with serif and foot
                "50,5 50,95"
                "60,5 42,95"
                "36,24 54,6 | 54,6 54,95"
                "34,24 52,6 | 52,6 52,94 | 30,94 74,94"
            |]
            [| // 2: straight base, waved base, loop
                "22,28 34,10 56,6 74,20 72,40 50,66 20,92 | 20,92 80,92"
                "24,22 46,6 72,16 70,42 44,70 22,92 | 22,92 50,86 80,92"
                "22,26 36,8 60,8 74,26 66,52 42,82 24,92 18,82 30,76 50,86 82,92"
            |]
            [| // 3: two bows, flat top, loop at the waist
                "24,14 48,5 70,16 68,34 46,46 | 46,46 70,54 78,72 64,90 40,95 20,84"
                "24,8 74,8 | 74,8 46,42 | 46,42 72,52 78,72 62,92 38,94 20,84"
                "22,18 40,5 66,10 70,28 54,44 40,48 46,42 68,52 76,70 62,92 38,94 20,80"
            |]
            [| // 4: closed, open, open and round
                "64,5 18,64 | 18,64 84,64 | 64,5 64,95"
                "32,6 20,56 | 20,56 84,54 | 68,14 62,95"
                "28,8 22,36 30,54 52,54 74,46 | 76,8 70,95"
            |]
            [| // 5: corners, round back, high flag
                "76,8 32,8 | 32,8 28,46 | 28,46 52,38 74,50 76,74 58,93 34,93 20,82"
                "74,8 42,10 28,28 36,42 60,46 76,66 66,88 42,95 20,86"
                "36,12 30,44 | 30,44 56,42 74,56 72,78 54,94 24,92 | 36,12 80,6"
            |]
            [| // 6: bow, straight back, wide
                "66,6 42,22 26,52 26,78 44,94 66,90 74,70 60,54 40,58 28,74"
                "58,5 34,48 26,72 34,92 56,94 70,78 62,60 44,58 28,72"
                "70,12 50,6 30,26 22,60 34,90 58,94 76,76 68,56 46,50 26,64"
            |]
            [| // 7: corner, with a bar, with a serif, round
                "20,10 80,10 | 80,10 60,44 44,95"
                "20,10 78,10 | 78,10 58,48 44,95 | 34,52 74,50"
                "20,26 22,10 | 22,10 78,8 | 78,8 42,95"
                "18,18 40,9 70,8 76,20 58,54 46,95"
            |]
            [| // 8: one stroke, two rings, open at the top
                "70,18 50,6 30,16 32,34 54,48 74,66 68,88 48,95 28,86 28,66 50,47 70,30 68,14"
                "50,6 32,14 32,38 50,48 68,38 68,14 48,6 | 50,48 26,60 26,86 50,95 74,86 74,60 48,48"
                "74,10 48,6 30,20 40,42 64,58 72,78 56,94 34,90 28,72 46,52 66,34 76,16"
            |]
            [| // 9: straight tail, curved tail, one stroke
                "72,22 54,6 32,14 26,36 42,50 62,44 72,22 | 72,14 68,95"
                "72,28 58,8 36,8 24,28 34,48 56,48 72,28 | 74,12 76,50 66,84 44,95 26,86"
                "70,22 52,6 30,18 28,40 48,50 66,38 72,20 71,50 58,95"
            |]
        |]

    // [digit][form][stroke][point], in the unit square.
    let private glyphs =
        let numbers (point: string) =
            let pair = point.Split ','
            struct (float pair[0] / 100.0, float pair[1] / 100.0)

        let strokes (form: string) =
            form.Split '|' |> Array.map (fun stroke -> stroke.Trim().Split ' ' |> Array.map numbers)

        alphabet |> Array.map (Array.map strokes)

    // The k-th uniform number of a key, from low to high.
    let private uniform low high k key = low + (high - low) * (float (Key.bits k key >>> 11) / float (1UL <<< 53))

    // The displacement of a point of the unit square along an axis, -1 to 1: bilinear between 4 × 4 random knots.
    let private warp axis key (x: float) (y: float) =
        let column, row = min 2 (int (3.0 * x)), min 2 (int (3.0 * y))
        let u, v = 3.0 * x - float column, 3.0 * y - float row
        let knot right down = uniform -1.0 1.0 (8 * (row + down) + 2 * (column + right) + axis) key
        let across down = (1.0 - u) * knot 0 down + u * knot 1 down
        (1.0 - v) * across 0 + v * across 1

    // From the unit square to pixels: the warp, then anisotropic scale, slant, rotation and translation.
    let private pose key =
        let bend, affine = Key.child 0 key, Key.child 1 key
        let width = uniform 14.0 21.0 0 affine
        let height = uniform 15.0 20.0 1 affine
        let slant = uniform -0.45 0.25 2 affine
        // A rotation by ±19°, from the tangent of half its angle: no function here rounds differently on another machine.
        let turn = uniform -0.17 0.17 3 affine
        let cosine = (1.0 - turn * turn) / (1.0 + turn * turn)
        let sine = 2.0 * turn / (1.0 + turn * turn)
        let middle = float (size - 1) / 2.0
        let left = middle + uniform -2.2 2.2 4 affine
        let top = middle + uniform -2.2 2.2 5 affine

        fun struct (x, y) ->
            let across = x + 0.11 * warp 0 bend x y - 0.5
            let down = y + 0.11 * warp 1 bend x y - 0.5
            let down = height * down
            let across = width * across + slant * down
            struct (left + cosine * across - sine * down, top + sine * across + cosine * down)

    // Inks the pixels near the chord from (ax, ay) to (bx, by) with a pen of this radius; the edge fades over 2·soft.
    let private ink (pixels: Span<byte>) radius (ax: float) (ay: float) (bx: float) (by: float) =
        let soft = 0.7
        let reach = radius + soft
        let first low = max 0 (int (ceil (low - reach)))
        let last high = min (size - 1) (int (floor (high + reach)))
        let dx, dy = bx - ax, by - ay
        let length2 = max 1e-12 (dx * dx + dy * dy)

        for y in first (min ay by) .. last (max ay by) do
            for x in first (min ax bx) .. last (max ax bx) do
                let px, py = float x - ax, float y - ay
                let along = max 0.0 (min 1.0 ((px * dx + py * dy) / length2))
                let ex, ey = px - along * dx, py - along * dy
                let cover = (reach - sqrt (ex * ex + ey * ey)) / (2.0 * soft)
                let grey = byte (255.0 * max 0.0 (min 1.0 cover) + 0.5)
                pixels[size * y + x] <- max grey pixels[size * y + x]

    // A point between b and c on the Catmull-Rom curve through a, b, c and d, along one axis, 0 ≤ t ≤ 1.
    let private between (a: float) b c d t =
        b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))

    // Each block of ten images has each label once: the label is the rank of the image's number in its block.
    let private label key i =
        let own = Key.bits i key
        let mutable rank = 0

        for other in i - i % 10 .. i - i % 10 + 9 do
            if Key.bits other key < own then
                rank <- rank + 1

        rank

    /// Draws image i of a key's set into 784 black pixels, row by row, grey values 0 to 255, and gives its label.
    let draw (key: Key) (i: int) (pixels: Span<byte>) : int =
        let digit = label (Key.child 0 key) i
        let own = Key.child i (Key.child 1 key)
        let place = pose own
        let pen = Key.child 2 own
        let radius = uniform 0.7 1.5 0 pen
        let pressure = uniform -0.02 0.02 1 pen
        let forms = glyphs[digit]
        let form = forms[int (Key.bits 2 pen % uint64 forms.Length)]
        let chords = 5

        for stroke in form do
            let points = Array.map place stroke
            let at k = points[max 0 (min (points.Length - 1) k)]

            for k in 0 .. points.Length - 2 do
                let struct (ax, ay), struct (bx, by) = at (k - 1), at k
                let struct (cx, cy), struct (dx, dy) = at (k + 1), at (k + 2)
                let mutable x, y = bx, by

                for step in 1..chords do
                    let t = float step / float chords
                    let nextX, nextY = between ax bx cx dx t, between ay by cy dy t
                    ink pixels (radius * (1.0 + pressure * (y - float size / 2.0))) x y nextX nextY
                    x <- nextX
                    y <- nextY

        digit

    /// The first images of a key's set, bytes [count; 28; 28], and their labels, bytes [count]: the classes equally
    /// frequent up to one, in random order.
    let digits (key: Key) (count: int) : struct (byte[] * byte[]) =
        let images = Array.zeroCreate (count * size * size)
        let labels = Array.zeroCreate count

        Parallel.For(0, count, fun i -> labels[i] <- byte (draw key i (images.AsSpan(i * size * size, size * size))))
        |> ignore

        struct (images, labels)
