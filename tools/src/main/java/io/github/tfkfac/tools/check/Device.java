package io.github.tfkfac.tools.check;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.internal.c_api.TFE_Context;
import org.tensorflow.internal.c_api.TFE_ContextOptions;
import org.tensorflow.internal.c_api.TF_DeviceList;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;

/**
 * A device TensorFlow can place ops on.
 *
 * @param name such as {@code /job:localhost/replica:0/task:0/device:CPU:0}
 * @param type such as CPU or GPU
 * @param memoryBytes what TensorFlow may use of it; a mere placeholder for a CPU
 */
public record Device(String name, String type, long memoryBytes) {
  /** All devices of this process, by TensorFlow's C interface, since the Java one has no list. */
  public static List<Device> all() {
    try (TF_Status status = TF_Status.newStatus();
        TFE_ContextOptions options = TFE_ContextOptions.newContextOptions()) {
      TFE_Context context = tensorflow.TFE_NewContext(options, status);
      status.throwExceptionIfNotOK();
      TF_DeviceList list = tensorflow.TFE_ContextListDevices(context, status);
      status.throwExceptionIfNotOK();
      try {
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < tensorflow.TF_DeviceListCount(list); i++) {
          devices.add(
              new Device(
                  tensorflow.TF_DeviceListName(list, i, status).getString(),
                  tensorflow.TF_DeviceListType(list, i, status).getString(),
                  tensorflow.TF_DeviceListMemoryBytes(list, i, status)));
        }
        return List.copyOf(devices);
      } finally {
        tensorflow.TF_DeleteDeviceList(list);
        tensorflow.TFE_DeleteContext(context);
      }
    }
  }
}
