/** What users are told to do, in words that fit the window and the command line. */
export const START_OVER = 'Start the job over (on the command line: "e4s jobs retry").';
