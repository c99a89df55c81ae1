package io.github.tfkfac.internal.graph;

import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;

/** TensorFlow's native library, as this process loaded it. */
public final class NativeLibrary {

  /** An operation of NVIDIA's library of exchanges among GPUs. */
  private static final String OF_NCCL = "NcclAllReduce";

  private NativeLibrary() {}

  /** Whether it is one for GPUs, with NCCL; no GPU is needed to tell. */
  public static boolean isForGpus() {
    try (TF_Status status = TF_Status.newStatus()) {
      TF_Buffer kernels = tensorflow.TF_GetRegisteredKernelsForOp(OF_NCCL, status);
      status.throwExceptionIfNotOK();
      long bytes = kernels.length();
      tensorflow.TF_DeleteBuffer(kernels);
      return bytes > 0;
    }
  }
}
