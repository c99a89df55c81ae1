package io.github.tfkfac.internal.worker;

import io.github.tfkfac.ClusterException;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;

/** NVIDIA's library of exchanges among GPUs, a part of TensorFlow's native library for GPUs. */
public final class Nccl {

  /** An operation whose kernels need it. */
  private static final String OPERATION = "NcclAllReduce";

  private Nccl() {}

  /**
   * @throws ClusterException if the native library in use has no NCCL; TensorFlow would take
   *     another implementation without a word
   */
  public static void require() {
    try (TF_Status status = TF_Status.newStatus()) {
      TF_Buffer kernels = tensorflow.TF_GetRegisteredKernelsForOp(OPERATION, status);
      status.throwExceptionIfNotOK();
      long bytes = kernels.length();
      tensorflow.TF_DeleteBuffer(kernels);
      if (bytes == 0) {
        throw new ClusterException(
            "expected TensorFlow's native library for GPUs, which has NCCL, found one without; use the collectives auto or ring, or the native linux-x86_64-gpu");
      }
    }
  }
}
