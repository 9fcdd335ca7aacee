namespace Functional.CSharp;

public static partial class TensorExtensions
{
    /// <summary>Xₖ = Σⱼ xⱼ·exp(-2πi·jk/n) along one axis, of real and imaginary parts.</summary>
    public static (Tensor Real, Tensor Imaginary) Fft(this (Tensor Real, Tensor Imaginary) x, int axis) =>
        TensorFourier.fft(axis, Bridge.Given(x.Real), Bridge.Given(x.Imaginary)).ToValueTuple();

    /// <summary>
    /// xⱼ = 1/n·Σₖ Xₖ·exp(2πi·jk/n) along one axis, of real and imaginary parts: the inverse of Fft.
    /// </summary>
    public static (Tensor Real, Tensor Imaginary) Ifft(this (Tensor Real, Tensor Imaginary) x, int axis) =>
        TensorFourier.ifft(axis, Bridge.Given(x.Real), Bridge.Given(x.Imaginary)).ToValueTuple();

    /// <summary>Fft of real numbers: the terms 0 to ⌊n/2⌋, of which the others are conjugates.</summary>
    public static (Tensor Real, Tensor Imaginary) Rfft(this Tensor x, int axis) =>
        TensorFourier.rfft(axis, Bridge.Given(x)).ToValueTuple();

    /// <summary>The inverse of Rfft, for an axis of this length.</summary>
    public static Tensor Irfft(this (Tensor Real, Tensor Imaginary) x, int axis, int length) =>
        TensorFourier.irfft(axis, length, Bridge.Given(x.Real), Bridge.Given(x.Imaginary));
}
