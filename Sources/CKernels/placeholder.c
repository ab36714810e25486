int placeholder_CKernels;
