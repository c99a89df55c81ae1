package io.github.tfkfac.internal.graph;

import com.google.protobuf.InvalidProtocolBufferException;
import org.bytedeco.javacpp.BytePointer;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.KernelList;

/** TensorFlow's native library, as this process loaded it. */
public final class NativeLibrary {

  private NativeLibrary() {}

  /** Whether it is one for GPUs; no GPU is needed to tell. */
  public static boolean isForGpus() {
    // The one for CPUs, too, has kernels for a GPU, of operations that compute nothing.
    return kernels("MatMul").getKernelList().stream()
        .anyMatch(kernel -> kernel.getDeviceType().equals("GPU"));
  }

  /** Whether it has NCCL, NVIDIA's library of exchanges among GPUs. */
  public static boolean hasNccl() {
    return kernels("NcclAllReduce").getKernelCount() > 0;
  }

  private static KernelList kernels(String operation) {
    try (TF_Status status = TF_Status.newStatus()) {
      TF_Buffer buffer = tensorflow.TF_GetRegisteredKernelsForOp(operation, status);
      status.throwExceptionIfNotOK();
      byte[] bytes = new byte[Math.toIntExact(buffer.length())];
      try (BytePointer data = new BytePointer(buffer.data())) {
        data.capacity(bytes.length).get(bytes);
        return KernelList.parseFrom(bytes);
      } catch (InvalidProtocolBufferException broken) {
        throw new IllegalStateException("a list of TensorFlow cannot be read", broken);
      } finally {
        tensorflow.TF_DeleteBuffer(buffer);
      }
    }
  }
}
